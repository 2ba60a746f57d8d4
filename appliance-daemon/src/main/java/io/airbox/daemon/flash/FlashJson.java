package io.airbox.daemon.flash;

import io.airbox.flasher.Finding;
import io.airbox.flasher.card.CardFault;
import io.airbox.flasher.card.CardProof;
import io.airbox.flasher.card.Prepared;
import io.airbox.flasher.console.HostTrap;
import io.airbox.flasher.console.Port;
import io.airbox.flasher.live.WatchEvent;
import io.airbox.flasher.plan.CardPackage;
import io.airbox.flasher.plan.FlashPlan;
import io.airbox.flasher.plan.Partition;
import io.airbox.flasher.plan.PlannedWrite;
import io.airbox.flasher.watch.Evidence;
import io.airbox.flasher.watch.FlashProgress;
import io.airbox.flasher.watch.FlashReport;
import io.airbox.flasher.watch.PartitionProgress;
import io.airbox.flasher.watch.Problem;
import io.airbox.flasher.watch.Remark;
import io.airbox.flasher.watch.SeenWrite;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;

/** Card packages and flash reports as JSON. Members stay as they are from version to version. */
public final class FlashJson {
  private FlashJson() {}

  /** What a card package holds, what it writes, and what is wrong with it. */
  public static JsonObject of(CardPackage card) {
    FlashPlan plan = card.plan();
    return new JsonObject()
        .put("package", card.path().toString())
        .put("form", card.form().name())
        .put("folder", card.folder())
        .put("files", card.files())
        .put("bytes", card.bytes())
        .put("read", card.depth().name())
        .put("usable", card.usable())
        .put("firmware", plan.firmware())
        .put("blocks", plan.blocks())
        .put("targetBlocks", plan.targetBlocks())
        .put("estimateSeconds", plan.estimate().toSeconds())
        .put("findings", list(card.findings(), FlashJson::of))
        .put("partitions", list(plan.partitions(), FlashJson::of))
        .put("writes", list(plan.writes(), FlashJson::of));
  }

  /** What is about to be written to a card. */
  public static JsonObject planned(CardPackage card) {
    return new JsonObject()
        .put("event", "package")
        .put("package", card.path().toString())
        .put("files", card.files())
        .put("bytes", card.bytes())
        .put("usable", card.usable())
        .put("findings", list(card.findings(), FlashJson::of));
  }

  /** What was written to a card. */
  public static JsonObject of(Prepared prepared) {
    return new JsonObject()
        .put("event", "written")
        .put("usable", prepared.card().usable())
        .put("bytesWritten", prepared.written())
        .put("bytesKept", prepared.kept())
        .put("findings", list(prepared.card().findings(), FlashJson::of));
  }

  /** What reading a card back has shown. */
  public static JsonObject of(CardProof proof) {
    return new JsonObject()
        .put("event", "verified")
        .put("card", proof.card().path().toString())
        .put("verdict", proof.verdict().name())
        .put("text", proof.verdict().text())
        .put("files", proof.card().files())
        .put("bytes", proof.card().bytes())
        .put("faults", list(proof.faults(), FlashJson::of))
        .put("gaps", new JsonArray(proof.gaps()))
        .put("findings", list(proof.card().findings(), FlashJson::of));
  }

  /** That a card may be taken out. */
  public static JsonObject ejected(Path card, String said) {
    return new JsonObject().put("event", "ejected").put("card", card.toString()).put("text", said);
  }

  private static JsonObject of(CardFault fault) {
    return new JsonObject()
        .put("culprit", fault.culprit().name())
        .put("where", fault.where())
        .put("value", fault.value())
        .put("cause", fault.culprit().text())
        .put("advice", fault.culprit().advice());
  }

  private static JsonObject of(Finding finding) {
    return new JsonObject()
        .put("severity", finding.severity().name())
        .put("code", finding.code().name())
        .put("where", finding.where())
        .put("value", finding.value())
        .put("advice", finding.advice());
  }

  private static JsonObject of(Partition partition) {
    return new JsonObject()
        .put("number", partition.number())
        .put("label", partition.label())
        .put("firstBlock", partition.firstBlock())
        .put("blocks", partition.blocks());
  }

  private static JsonObject of(PlannedWrite write) {
    return new JsonObject()
        .put("partition", write.partition())
        .put("script", write.script())
        .put("file", write.file())
        .put("compressedBytes", write.compressedBytes())
        .put("loadAddress", "0x" + Long.toHexString(write.loadAddress()))
        .put("unzipAddress", "0x" + Long.toHexString(write.unzipAddress()))
        .put("expectedBytes", write.expectedBytes())
        .put("firstBlock", write.firstBlock())
        .put("count", write.count());
  }

  /** What became of a flash. */
  public static JsonObject of(FlashReport report) {
    return new JsonObject()
        .put("verdict", report.verdict().name())
        .put("text", report.verdict().text())
        .put("reasons", new JsonArray(report.reasons()))
        .put("stage", report.stage().name())
        .put("problems", list(report.problems(), FlashJson::of))
        .put("remarks", list(report.remarks(), FlashJson::of))
        .put("planned", report.planned())
        .put("attempts", report.attempts())
        .put("fromStart", report.fromStart())
        .put("bootLoader", report.bootLoader().isEmpty() ? null : report.bootLoader())
        .put("board", report.board() < 0 ? null : report.board())
        .put("lines", report.lines())
        .put("bytes", report.bytes())
        .put("writes", list(report.writes(), FlashJson::of));
  }

  private static JsonObject of(Problem problem) {
    return new JsonObject()
        .put("symptom", problem.symptom().name())
        .put("where", problem.where())
        .put("cause", problem.symptom().cause())
        .put("advice", problem.symptom().advice())
        .put("evidence", of(problem.evidence()))
        .put("times", problem.times());
  }

  private static JsonObject of(Remark remark) {
    return new JsonObject()
        .put("notice", remark.notice().name())
        .put("meaning", remark.notice().meaning())
        .put("evidence", of(remark.evidence()))
        .put("times", remark.times());
  }

  /** A serial port. */
  public static JsonObject of(Port port) {
    return new JsonObject()
        .put("path", port.path())
        .put("description", port.description())
        .put("bridge", port.bridge().name())
        .put("likely", port.likely())
        .put("vendor", port.vendor() < 0 ? null : port.vendor())
        .put("product", port.product() < 0 ? null : port.product())
        .put("serialNumber", port.serialNumber().isEmpty() ? null : port.serialNumber())
        .put("location", port.location().isEmpty() ? null : port.location());
  }

  /** What on this machine spoils serial ports. */
  public static JsonObject of(HostTrap trap) {
    return new JsonObject()
        .put("kind", trap.kind().name())
        .put("evidence", trap.evidence())
        .put("cause", trap.cause())
        .put("cure", trap.cure());
  }

  /** Something that happened while a flash was watched; {@code event} says what. */
  public static JsonObject of(WatchEvent event) {
    JsonObject json = new JsonObject();
    if (event instanceof WatchEvent.PortOpened opened) {
      return json.put("event", "opened")
          .put("port", of(opened.port()))
          .put("again", opened.again());
    } else if (event instanceof WatchEvent.PortLost lost) {
      return json.put("event", "lost").put("port", of(lost.port()));
    } else if (event instanceof WatchEvent.StageChanged changed) {
      return json.put("event", "stage")
          .put("stage", changed.stage().name())
          .put("text", changed.stage().text());
    } else if (event instanceof WatchEvent.Progressed progressed) {
      return of(progressed.progress())
          .put("event", "progress")
          .put("partitions", list(progressed.partitions(), FlashJson::of));
    } else if (event instanceof WatchEvent.Wrote wrote) {
      return of(wrote.write()).put("event", "wrote");
    } else if (event instanceof WatchEvent.Trouble trouble) {
      return of(trouble.problem()).put("event", "problem");
    } else if (event instanceof WatchEvent.Harmless harmless) {
      return of(harmless.remark()).put("event", "harmless");
    } else if (event instanceof WatchEvent.Silence silence) {
      return json.put("event", "silence")
          .put("alarm", silence.alarm().name())
          .put("seconds", silence.silence().toSeconds());
    } else if (event instanceof WatchEvent.Sent sent) {
      return json.put("event", "sent").put("command", sent.command());
    } else if (event instanceof WatchEvent.TranscriptLost lost) {
      return json.put("event", "transcript-lost").put("reason", lost.reason());
    }
    return json.put("event", "card-still-in");
  }

  /** How far a flash is. */
  public static JsonObject of(FlashProgress progress) {
    return new JsonObject()
        .put("stage", progress.stage().name())
        .put("fraction", progress.fraction())
        .put("estimated", progress.estimated())
        .put("file", progress.file().isEmpty() ? null : progress.file())
        .put("remainingSeconds", progress.remaining().map(Duration::toSeconds).orElse(null))
        .put("silenceSeconds", progress.silence().toSeconds())
        .put("alarm", progress.alarm().name());
  }

  /** How far a partition is. */
  public static JsonObject of(PartitionProgress partition) {
    return new JsonObject()
        .put("partition", partition.partition())
        .put("blocks", partition.blocks())
        .put("chunks", partition.chunks())
        .put("done", partition.done())
        .put("unseen", partition.unseen())
        .put("wrong", partition.wrong());
  }

  private static JsonObject of(Evidence evidence) {
    return new JsonObject().put("line", evidence.line()).put("text", evidence.text());
  }

  private static JsonObject of(SeenWrite write) {
    return new JsonObject()
        .put("partition", write.partition())
        .put("file", write.file())
        .put("firstBlock", write.firstBlock())
        .put("count", write.count())
        .put("unpackedBytes", write.unpackedBytes() < 0 ? null : write.unpackedBytes())
        .put("state", write.state().name());
  }

  /** A constant in documents of the daemon: lower case. */
  static String id(Enum<?> constant) {
    return constant.name().toLowerCase(Locale.ROOT);
  }

  private static <T> JsonArray list(List<T> values, Function<T, JsonObject> json) {
    JsonArray array = new JsonArray();
    values.forEach(value -> array.add(json.apply(value)));
    return array;
  }
}
