package io.airbox.daemon.cli;

import io.airbox.daemon.Version;
import io.airbox.daemon.config.ConfigException;
import io.airbox.daemon.pictures.DataLockedException;
import io.airbox.flasher.FlashException;
import io.airbox.generation.GenerationException;
import java.io.PrintWriter;
import java.util.Arrays;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.Option;
import picocli.CommandLine.ScopeType;

/** The root of the command line. */
@Command(
    name = "airbox",
    description = "Pictures from a prompt, made on this machine.",
    mixinStandardHelpOptions = true,
    scope = ScopeType.INHERIT,
    versionProvider = AirBoxCommand.VersionText.class,
    synopsisSubcommandLabel = "COMMAND",
    usageHelpAutoWidth = true,
    footerHeading = "%nExamples:%n",
    footer = {
      "  airbox run",
      "  airbox generate \"a red apple\" -o apple.png --seed 7",
      "  airbox models list",
      "  airbox claim",
      "  KEY=$(airbox keys add ci --expires 90d)",
      "",
      "Exit codes: 0 done, 1 failed, 2 wrong usage, 3 wrong configuration,",
      "  4 the data is in use by another process, 5 the daemon cannot be reached, 6 the queue is"
          + " full",
      "  or a limit is used up, 7 not allowed, 8 the box's identity is unknown or has changed,",
      "  9 a flash or card is unproven, 10 there is no flash in a transcript"
    },
    subcommands = {
      RunCommand.class,
      GenerateCommand.class,
      ModelsCommand.class,
      ClaimCommand.class,
      KeysCommand.class,
      AccessCommand.class,
      AuditCommand.class,
      CertificateCommand.class,
      SystemCommand.class,
      TpuCommand.class,
      NetCommand.class,
      FlashCommand.class,
      TelemetryCommand.class,
      FleetCommand.class,
      CompletionCommand.class
    })
public final class AirBoxCommand implements Runnable {
  @CommandLine.Spec private CommandLine.Model.CommandSpec spec;

  @Option(
      names = "--debug",
      scope = ScopeType.INHERIT,
      description = "Show stack traces and talk more.")
  private boolean debug;

  private final Surroundings surroundings;

  private AirBoxCommand(Surroundings surroundings) {
    this.surroundings = surroundings;
    spec = CommandLine.Model.CommandSpec.create();
  }

  Surroundings surroundings() {
    return surroundings;
  }

  /**
   * Runs a command line.
   *
   * @return the exit code
   */
  public static int execute(String... arguments) {
    if (Arrays.asList(arguments).contains("--debug")) {
      System.setProperty("tinylog.level", "debug");
    }
    return commandLine(Surroundings.ofThisProcess()).execute(arguments);
  }

  static CommandLine commandLine(Surroundings surroundings) {
    AirBoxCommand root = new AirBoxCommand(surroundings);
    return new CommandLine(root)
        .setCaseInsensitiveEnumValuesAllowed(true)
        .setExitCodeExceptionMapper(AirBoxCommand::exitCode)
        .setParameterExceptionHandler((error, arguments) -> wrongUsage(error))
        .setExecutionExceptionHandler(
            (error, commandLine, parsed) -> {
              commandLine
                  .getErr()
                  .println(
                      commandLine
                          .getColorScheme()
                          .errorText("airbox: " + sentence(error, root.debug)));
              if (root.debug) {
                error.printStackTrace(commandLine.getErr());
              }
              return exitCode(error);
            });
  }

  /** The sentence alone: a page of options behind it would hide it. */
  private static int wrongUsage(CommandLine.ParameterException error) {
    CommandLine commandLine = error.getCommandLine();
    PrintWriter err = commandLine.getErr();
    err.println(commandLine.getColorScheme().errorText("airbox: " + error.getMessage()));
    CommandLine.UnmatchedArgumentException.printSuggestions(error, err);
    err.println("See " + commandLine.getCommandSpec().qualifiedName() + " --help");
    err.flush();
    return ExitCodes.USAGE;
  }

  private static String sentence(Exception error, boolean debug) {
    String message = error.getMessage();
    if (message == null) {
      return error + (debug ? "" : " (--debug shows where)");
    }
    return message;
  }

  private static int exitCode(Throwable error) {
    if (error instanceof CommandFailure failure) {
      return failure.exitCode();
    }
    if (error instanceof ConfigException) {
      return ExitCodes.CONFIGURATION;
    }
    if (error instanceof DataLockedException) {
      return ExitCodes.DATA_LOCKED;
    }
    if (error instanceof GenerationException generation) {
      return exitCode(generation);
    }
    if (error instanceof FlashException flash) {
      return switch (flash.reason()) {
        case NOT_FOUND, NOT_A_PACKAGE, REFUSED, PORT_NOT_FOUND -> ExitCodes.USAGE;
        case UNREADABLE, CARD_FAILED, INTERRUPTED, PORT_UNUSABLE, TRANSCRIPT -> ExitCodes.FAILED;
        case PORT_FORBIDDEN -> ExitCodes.NOT_ALLOWED;
        case PORT_BUSY -> ExitCodes.BUSY;
      };
    }
    return error instanceof CommandLine.ParameterException ? ExitCodes.USAGE : ExitCodes.FAILED;
  }

  private static int exitCode(GenerationException error) {
    return switch (error.reason()) {
      case INVALID_REQUEST, UNKNOWN_PACK -> ExitCodes.USAGE;
      case INVALID_PACK, OUT_OF_MEMORY, ENGINE_FAULT, WORKER_LOST, DEVICE_HUNG, CANCELLED ->
          ExitCodes.FAILED;
    };
  }

  @Override
  public void run() {
    throw new CommandLine.ParameterException(
        spec.commandLine(),
        "a command is missing: " + String.join(", ", spec.subcommands().keySet()));
  }

  /** {@code airbox 0.1.0}. */
  static final class VersionText implements IVersionProvider {
    @Override
    public String[] getVersion() {
      return new String[] {
        "airbox " + Version.current(),
        "Java " + Runtime.version() + ", " + System.getProperty("os.arch")
      };
    }
  }
}
