package io.airbox.daemon.cli;

import io.airbox.daemon.flash.FlashJson;
import io.airbox.flasher.card.CardProof;
import io.airbox.flasher.card.CardTarget;
import io.airbox.flasher.card.CardVerdict;
import io.airbox.flasher.card.Ejection;
import io.airbox.flasher.card.Prepared;
import io.airbox.flasher.plan.CardPackage;
import io.airbox.flasher.source.FileReads;
import io.vertx.core.json.JsonObject;
import java.nio.file.Path;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What is said while a card is written and read back. With {@code --json} a line for each event.
 */
final class CardTalk {
  private final Output output;

  CardTalk(Output output) {
    this.output = output;
  }

  int prepare(
      Path packagePath,
      Path path,
      CardTarget.Wishes wishes,
      @Nullable String yes,
      boolean verify,
      boolean eject) {
    CardPackage scripts = read(packagePath, CardPackage.Depth.SCRIPTS);
    if (!scripts.usable()) {
      tell(FlashJson.planned(scripts), () -> FlashText.findings(scripts));
      return ExitCodes.FAILED;
    }
    CardTarget target = CardTarget.of(path, wishes);
    target.check(scripts);
    confirm(target, scripts, yes);
    tell(FlashJson.planned(scripts), () -> "");
    TransferLine line = new TransferLine(output, "write", scripts.bytes(), output.json());
    Prepared prepared;
    try {
      prepared = target.write(scripts, line::show);
    } finally {
      line.clear();
    }
    tell(FlashJson.of(prepared), () -> FlashText.prepared(prepared, path));
    if (!prepared.card().usable()) {
      return ExitCodes.FAILED;
    }
    if (!verify) {
      return eject ? eject(path) : ExitCodes.DONE;
    }
    return prove(path, prepared.card(), eject);
  }

  int verify(Path target, @Nullable Path packagePath, boolean eject) {
    return prove(
        target,
        packagePath == null ? null : read(packagePath, CardPackage.Depth.EVERYTHING),
        eject);
  }

  private CardPackage read(Path path, CardPackage.Depth depth) {
    TransferLine line = new TransferLine(output, "package", 0, output.json());
    try {
      return CardPackage.read(path, FileReads.cached(), depth, line::show, CardPackage.Copy.NONE);
    } finally {
      line.clear();
    }
  }

  private void confirm(CardTarget target, CardPackage scripts, @Nullable String yes) {
    if (!target.overwrites()) {
      return;
    }
    String question =
        scripts.path()
            + ", "
            + FlashText.size(scripts.bytes())
            + ", goes onto "
            + target.description()
            + ".";
    String answer = yes;
    if (answer == null && output.questions().canAsk()) {
      output.questions().say(question);
      answer = output.questions().ask("Type " + target.name() + " to go on: ");
    }
    if (answer == null) {
      throw new CommandFailure(
          ExitCodes.USAGE,
          question + " To go on, add --yes " + target.name() + "; nothing was changed");
    }
    String typed = answer.strip();
    if (!typed.equals(target.name()) && !typed.equals(target.path().toString())) {
      throw new CommandFailure(
          ExitCodes.USAGE,
          "'" + Table.harmless(typed) + "' is not " + target.name() + "; nothing was changed");
    }
  }

  private int prove(Path target, @Nullable CardPackage wanted, boolean eject) {
    TransferLine line =
        new TransferLine(output, "verify", wanted == null ? 0 : wanted.bytes(), output.json());
    CardProof proof;
    try {
      proof = CardProof.of(target, wanted, line::show);
    } finally {
      line.clear();
    }
    tell(FlashJson.of(proof), () -> FlashText.proof(proof));
    int code =
        switch (proof.verdict()) {
          case PROVEN -> ExitCodes.DONE;
          case UNPROVEN -> ExitCodes.UNPROVEN;
          case UNFIT -> ExitCodes.FAILED;
        };
    if (eject && proof.verdict() != CardVerdict.UNFIT) {
      eject(target);
    }
    return code;
  }

  private int eject(Path target) {
    String said = Ejection.eject(target);
    tell(FlashJson.ejected(target, said), () -> said);
    return ExitCodes.DONE;
  }

  private void tell(JsonObject event, Supplier<String> text) {
    if (output.json()) {
      output.event(event);
    } else {
      output.print(event, text);
    }
  }
}
