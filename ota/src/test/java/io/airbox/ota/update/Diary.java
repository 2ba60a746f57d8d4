package io.airbox.ota.update;

import io.airbox.ota.UpdateException;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** Writes down what happened; bytes that came only once for each update. */
final class Diary implements UpdateListener {
  private final List<String> lines = new CopyOnWriteArrayList<>();

  List<String> lines() {
    return lines;
  }

  private void note(String line) {
    if (lines.isEmpty() || !lines.get(lines.size() - 1).equals(line)) {
      lines.add(line);
    }
  }

  @Override
  public void begun(Update update) {
    note("begun " + update.version());
  }

  @Override
  public void fetched(Update update, long here, long all) {
    note("fetches " + update.version());
  }

  @Override
  public void tried(Update update) {
    note("tried " + update.version());
  }

  @Override
  public void ended(Update update, Outcome outcome) {
    note(
        outcome instanceof Outcome.TakenBack back
            ? "taken back " + back.version() + ": " + back.why()
            : "committed " + outcome.version());
  }

  @Override
  public void refused(Update update, UpdateException refusal) {
    note("refused " + update.version() + ": " + refusal.reason());
  }

  @Override
  public void calledOff(Update update) {
    note("called off " + update.version());
  }
}
