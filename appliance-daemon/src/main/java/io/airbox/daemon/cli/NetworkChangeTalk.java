package io.airbox.daemon.cli;

import io.airbox.daemon.tls.Fingerprint;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.ParameterException;

/** Applies a change with a person at the terminal: shows, asks, counts down, keeps or not. */
final class NetworkChangeTalk {
  private static final Duration LOOK = Duration.ofSeconds(2);
  private static final String NOTHING_TYPED = "";

  private final DaemonClient client;
  private final DaemonOptions options;
  private final Output output;
  private final Questions questions;

  NetworkChangeTalk(DaemonClient client, DaemonOptions options, Output output) {
    this.client = client;
    this.options = options;
    this.output = output;
    this.questions = output.questions();
  }

  /**
   * Applies.
   *
   * @param wish a plan to be made; null when one is named
   * @param plan its id
   * @param terms window and force
   * @param yes neither ask nor wait
   * @return the exit code
   */
  int apply(
      @Nullable JsonObject wish,
      @Nullable String plan,
      JsonObject terms,
      boolean yes,
      CommandLine command) {
    if (!yes && !questions.canAsk()) {
      throw new ParameterException(
          command,
          "there is no terminal to ask at; --yes applies without asking, and `airbox net confirm`"
              + " keeps it");
    }
    String id = plan;
    if (wish != null) {
      JsonObject made = client.post(NetCommand.PATH + "/plan", wish);
      id = made.getString("id");
      if (!yes) {
        questions.say(NetworkText.plan(made, false));
      }
      if (!made.getBoolean("changes")) {
        throw new CommandFailure(ExitCodes.FAILED, "nothing was done: the plan changes nothing");
      }
    }
    if (!yes
        && !questions.yes(
            "Apply it for " + terms.getInteger("window") + " s? Then it goes back by itself.")) {
      throw new CommandFailure(ExitCodes.FAILED, "not confirmed; nothing was done");
    }
    Fingerprint key = options.elsewhere() ? key() : null;
    JsonObject announced = client.post(NetCommand.PATH + "/apply", terms.copy().put("plan", id));
    JsonObject transaction = announced.getJsonObject("transaction");
    if (yes) {
      output.print(announced, () -> NetworkText.transaction(transaction));
      output.say(
          "keep it with `airbox net confirm "
              + (options.elsewhere()
                  ? "--host NEW-ADDRESS --token " + announced.getString("token") + " "
                  : "")
              + transaction.getString("id")
              + "`");
      return ExitCodes.DONE;
    }
    JsonObject end = waitForWord(transaction, announced.getString("token"), key);
    output.print(new JsonObject().put("transaction", end), () -> NetworkText.transaction(end));
    return end.getString("state").equals("confirmed") ? ExitCodes.DONE : ExitCodes.FAILED;
  }

  /** By this the box is known again under another address. */
  private Fingerprint key() {
    return Fingerprint.parse(client.get("/api/v1/certificate").getString("public_key_sha256"));
  }

  private JsonObject waitForWord(JsonObject transaction, String token, @Nullable Fingerprint key) {
    String id = transaction.getString("id");
    JsonArray urls = transaction.getJsonArray("urls");
    if (!urls.isEmpty()) {
      questions.say("The page is then at " + String.join(", ", texts(urls)));
    }
    BlockingQueue<String> typed = reader();
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(transaction.getInteger("left_seconds"));
    PrintWriter err = output.command().commandLine().getErr();
    boolean checked = false;
    try {
      while (true) {
        long left = TimeUnit.NANOSECONDS.toSeconds(end - System.nanoTime());
        if (left <= 0) {
          break;
        }
        err.print("\rKeep the new settings? [yes/no] (" + left + " s) ");
        err.flush();
        String answer = typed.poll(LOOK.toMillis(), TimeUnit.MILLISECONDS);
        if (answer == null) {
          JsonObject now = look();
          if (now != null && now.getString("ended") != null) {
            questions.say("");
            return now;
          }
          if (!checked && now != null && now.getString("state").equals("awaiting_confirm")) {
            checked = true;
            sayWhatWorks();
          }
        } else if (answer.strip().equalsIgnoreCase("yes")) {
          return confirm(id, token, urls, key);
        } else if (answer.strip().equalsIgnoreCase("no")) {
          return revert(id);
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new CommandFailure(
          ExitCodes.FAILED, "interrupted; the box goes back by itself at the end of the window", e);
    }
    questions.say("");
    JsonObject now = look();
    return now == null ? gone(transaction) : now;
  }

  /** Lines as they are typed: reading one cannot be given up, so it has a thread of its own. */
  private BlockingQueue<String> reader() {
    BlockingQueue<String> lines = new ArrayBlockingQueue<>(16);
    Terminal terminal = output.surroundings().terminal();
    Thread thread =
        new Thread(
            () -> {
              String line = terminal.readLine();
              while (line != null && lines.offer(line)) {
                line = terminal.readLine();
              }
              lines.offer(NOTHING_TYPED);
            },
            "answers");
    thread.setDaemon(true);
    thread.start();
    return lines;
  }

  /** The change as it is now; null when the box cannot be asked at this address. */
  private @Nullable JsonObject look() {
    try {
      return client.get(NetCommand.PATH + "/transaction").getJsonObject("transaction");
    } catch (CommandFailure e) {
      return null;
    }
  }

  /** For whoever decides; nothing hangs on it. */
  private void sayWhatWorks() {
    try {
      questions.say("\n" + NetworkText.check(client.get(NetCommand.PATH + "/check")));
    } catch (CommandFailure e) {
      questions.say("\nwhat works with the new settings cannot be told: " + e.getMessage());
    }
  }

  private JsonObject confirm(String id, String token, JsonArray urls, @Nullable Fingerprint key) {
    JsonObject body = new JsonObject().put("transaction", id).put("token", token);
    List<String> failures = new ArrayList<>();
    try {
      return client.post(NetCommand.PATH + "/confirm", body).getJsonObject("transaction");
    } catch (CommandFailure e) {
      if (key == null || e.exitCode() != ExitCodes.UNREACHABLE) {
        throw e;
      }
      failures.add(e.getMessage());
    }
    for (String url : texts(urls)) {
      try (DaemonClient there = options.at(output, url, key)) {
        return there.post(NetCommand.PATH + "/confirm", body).getJsonObject("transaction");
      } catch (CommandFailure e) {
        failures.add(url + ": " + e.getMessage());
      }
    }
    throw new CommandFailure(
        ExitCodes.UNREACHABLE,
        "the box answers under none of its addresses, so it goes back by itself: "
            + String.join("; ", failures));
  }

  private JsonObject revert(String id) {
    try {
      return client
          .post(NetCommand.PATH + "/revert", new JsonObject().put("transaction", id))
          .getJsonObject("transaction");
    } catch (CommandFailure e) {
      throw e.exitCode() == ExitCodes.UNREACHABLE
          ? new CommandFailure(
              ExitCodes.UNREACHABLE,
              "the box does not answer at the former address; it goes back by itself at the end of"
                  + " the window",
              e)
          : e;
    }
  }

  private static JsonObject gone(JsonObject transaction) {
    return transaction
        .copy()
        .put("state", "rolling_back")
        .put("left_seconds", 0)
        .put("reason", "nobody confirmed it in time; the box does not answer here yet");
  }

  private static List<String> texts(JsonArray array) {
    return array.stream().map(each -> Table.harmless(String.valueOf(each))).toList();
  }
}
