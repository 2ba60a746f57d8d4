package io.airbox.daemon.cli;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.PrintWriter;
import java.util.function.Function;
import java.util.function.Supplier;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Data on standard output, as text or as JSON; talk on standard error. */
final class Output {
  /** Cursor home, and nothing below it. */
  private static final String CLEAR = "\u001b[H\u001b[J";

  @Spec(Spec.Target.MIXEE)
  private CommandSpec command;

  @Option(names = "--json", description = "As JSON.")
  private boolean json;

  Output() {
    command = CommandSpec.create();
  }

  /** Prints the document, or what it says as lines for people. */
  void print(JsonObject document, Supplier<String> text) {
    print(json ? document.encodePrettily() : text.get());
  }

  /** The same for a list. */
  void print(JsonArray document, Supplier<String> text) {
    print(json ? document.encodePrettily() : text.get());
  }

  private void print(String data) {
    PrintWriter out = commandLine().getOut();
    if (!data.isEmpty()) {
      out.println(data);
    }
    out.flush();
  }

  /**
   * Prints a document that was printed before and may have changed: as JSON on one line, for people
   * in the place of the one before, where they have a terminal.
   */
  void again(JsonObject document, Function<JsonObject, String> text) {
    PrintWriter out = commandLine().getOut();
    if (json) {
      out.println(document.encode());
    } else {
      out.print(surroundings().terminal().attended() ? CLEAR : "");
      out.println(text.apply(document) + "\n");
    }
    out.flush();
  }

  /** Prints one of many documents: as JSON on a line of its own, or what it says. */
  void line(JsonObject document, Supplier<String> text) {
    PrintWriter out = commandLine().getOut();
    out.println(json ? document.encode() : text.get());
    out.flush();
  }

  /** Whether data is asked for as JSON. */
  boolean json() {
    return json;
  }

  /** Prints one of a row of documents, on one line. */
  void event(JsonObject document) {
    PrintWriter out = commandLine().getOut();
    out.println(document.encode());
    out.flush();
  }

  /** Tells the person a sentence, which is no data. */
  void say(String sentence) {
    PrintWriter err = commandLine().getErr();
    err.println("airbox: " + sentence);
    err.flush();
  }

  /** What is run. */
  CommandSpec command() {
    return command;
  }

  /** Who may be asked something. */
  Questions questions() {
    return new Questions(surroundings().terminal(), commandLine().getErr());
  }

  Surroundings surroundings() {
    return Surroundings.of(command);
  }

  private CommandLine commandLine() {
    return command.commandLine();
  }
}
