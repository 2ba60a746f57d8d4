package io.airbox.power.alarm;

import io.airbox.power.Sample;
import io.airbox.power.storage.DurableFile;
import io.airbox.power.thermal.Decision;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.SecureRandom;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * The alarms of now and the events that nobody has taken over yet, on the disk: after a crash at
 * any point an alarm is there with its occurrence, and an event that may not have arrived is told
 * again under its id. Any thread may use it; only one observes.
 */
public final class AlarmBook {
  private static final int OCCURRENCE_BITS = 96;

  /** Of events that nobody takes; the oldest go. */
  private static final int MOST_UNSETTLED = 1000;

  private final Path file;
  private final AlarmMachine machine;
  private final Map<String, AlarmEvent> unsettled = new LinkedHashMap<>();
  private Optional<String> fault;
  private boolean dirty;

  private AlarmBook(Path file, AlarmMachine machine, List<AlarmEvent> events, String fault) {
    this.file = file;
    this.machine = machine;
    this.fault = fault.isEmpty() ? Optional.empty() : Optional.of(fault);
    events.forEach(event -> unsettled.put(event.id(), event));
  }

  /**
   * Opens the book in a file, which need not be there. One that cannot be understood is put aside
   * under its name with {@code .bad} behind it, and alarms are raised anew.
   *
   * @throws IOException the file cannot be read, or its folder not be made
   */
  public static AlarmBook open(Path file, List<AlarmRule> rules, Suspects suspects)
      throws IOException {
    SecureRandom random = new SecureRandom();
    return open(file, rules, suspects, () -> new BigInteger(OCCURRENCE_BITS, random).toString(36));
  }

  static AlarmBook open(
      Path file, List<AlarmRule> rules, Suspects suspects, Supplier<String> occurrences)
      throws IOException {
    Path folder = file.toAbsolutePath().getParent();
    if (folder != null) {
      DurableFile.createFolder(folder);
    }
    AlarmText.State state = AlarmText.State.EMPTY;
    String fault = "";
    try {
      state = AlarmText.read(Files.readAllBytes(file));
    } catch (NoSuchFileException e) {
      fault = "";
    } catch (AlarmText.GarbledException e) {
      Path bad = file.resolveSibling(file.getFileName() + ".bad");
      Files.move(file, bad, StandardCopyOption.REPLACE_EXISTING);
      fault = file + " was garbled (" + e.getMessage() + ") and is now " + bad.getFileName();
    }
    return new AlarmBook(
        file,
        new AlarmMachine(rules, occurrences, suspects, state.active()),
        state.unsettled(),
        fault);
  }

  /**
   * Takes a sample, newer than those before. What changed is on the disk when this returns, unless
   * {@link #fault} says otherwise; then it is tried again with the next sample.
   *
   * @param heat what the thermal policy made of the same sample
   * @return what changed, the first first; hand it on, then {@link #settle} it
   */
  public synchronized List<AlarmEvent> observe(Sample sample, Decision heat) {
    List<AlarmEvent> events = machine.observe(sample, heat);
    for (AlarmEvent event : events) {
      unsettled.put(event.id(), event);
      dirty = true;
    }
    while (unsettled.size() > MOST_UNSETTLED) {
      unsettled.remove(unsettled.keySet().iterator().next());
    }
    save();
    return events;
  }

  /** The alarms of now, in the order of their ids. */
  public synchronized List<Alarm> active() {
    return machine.active();
  }

  /** Events that nobody has taken over yet, the first first: at a start those of the last run. */
  public synchronized List<AlarmEvent> unsettled() {
    return List.copyOf(unsettled.values());
  }

  /** These are in good hands and will not be told again after a start. */
  public synchronized void settle(Collection<String> eventIds) {
    if (unsettled.keySet().removeAll(eventIds)) {
      dirty = true;
      save();
    }
  }

  /** Why the disk does not hold what it should, for people; empty while it does. */
  public synchronized Optional<String> fault() {
    return fault;
  }

  private void save() {
    if (!dirty) {
      return;
    }
    try {
      DurableFile.replace(
          file,
          AlarmText.write(new AlarmText.State(machine.active(), List.copyOf(unsettled.values()))));
      dirty = false;
      fault = Optional.empty();
    } catch (IOException e) {
      fault = Optional.of(file + " cannot be written: " + e.getMessage());
    }
  }
}
