package io.airbox.ota.hawkbit;

import io.airbox.ota.document.StrictJson;
import io.airbox.ota.store.Disk;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * What this box owes the server: the action under way and what is still to be told, on the disk
 * before anything is done about it. Thread-safe. When a method throws, all is as before.
 */
final class ActionJournal {
  private static final String NAME = "hawkbit.json";
  private static final int LONGEST = 1 << 20;

  private final Path file;
  private final Disk disk;
  private Content content;

  /** How far an action is. */
  enum Step {
    /** It came, and files may have. */
    RECEIVED,
    /** All files are here. */
    FETCHED,
    /** It is being tried; found after a start, the box stopped meanwhile. */
    ACTIVATING
  }

  /**
   * An action.
   *
   * @param id the server's
   * @param href its {@code deploymentBase}
   * @param step how far it is
   * @param pack name and version of what it brings; null until that is known
   */
  record Action(String id, String href, Step step, @Nullable String pack) {
    Action(@Nullable String id, @Nullable String href, @Nullable Step step, @Nullable String pack) {
      this.id = StrictJson.required(id, "/action/id");
      this.href = StrictJson.required(href, "/action/href");
      this.step = StrictJson.required(step, "/action/step");
      this.pack = pack;
    }

    Action at(Step now) {
      return new Action(id, href, now, pack);
    }

    Action of(String nameAndVersion) {
      return new Action(id, href, step, nameAndVersion);
    }
  }

  /**
   * Something that has to reach the server.
   *
   * @param action which action it is about
   * @param address where it goes
   * @param feedback the document
   */
  record Owed(String action, String address, Feedback feedback) {
    Owed(@Nullable String action, @Nullable String address, @Nullable Feedback feedback) {
      this.action = StrictJson.required(action, "/owed/action");
      this.address = StrictJson.required(address, "/owed/address");
      this.feedback = StrictJson.required(feedback, "/owed/feedback");
    }
  }

  /** The file. */
  private record Content(
      int spec, @Nullable Action action, List<Owed> owed, Map<String, String> attributes) {
    static final int SPEC = 1;
    static final Content EMPTY = new Content(SPEC, null, List.of(), Map.of());

    Content(
        int spec,
        @Nullable Action action,
        @Nullable List<Owed> owed,
        @Nullable Map<String, String> attributes) {
      StrictJson.require(spec == SPEC, "/spec", spec, "must be " + SPEC);
      this.spec = spec;
      this.action = action;
      this.owed = List.copyOf(StrictJson.required(owed, "/owed"));
      this.attributes = Map.copyOf(StrictJson.required(attributes, "/attributes"));
    }

    Content with(@Nullable Action now) {
      return new Content(spec, now, owed, attributes);
    }

    Content owing(List<Owed> now) {
      return new Content(spec, action, now, attributes);
    }
  }

  private ActionJournal(Path file, Disk disk, Content content) {
    this.file = file;
    this.disk = disk;
    this.content = content;
  }

  /**
   * Opens the journal.
   *
   * @param folder of its own; is there
   * @throws io.airbox.ota.UpdateException it is damaged
   */
  static ActionJournal open(Path folder, Disk disk) throws IOException {
    Path file = folder.resolve(NAME);
    Content content;
    try {
      content = StrictJson.read(Files.readAllBytes(file), Content.class, file.toString(), LONGEST);
    } catch (NoSuchFileException none) {
      content = Content.EMPTY;
    }
    return new ActionJournal(file, disk, content);
  }

  synchronized Optional<Action> action() {
    return Optional.ofNullable(content.action());
  }

  synchronized List<Owed> owed() {
    return content.owed();
  }

  /** Whether an action's end is known here and not yet there. */
  synchronized boolean owes(String action) {
    return content.owed().stream().anyMatch(each -> each.action().equals(action));
  }

  /** What the server was told of the box. */
  synchronized Map<String, String> attributes() {
    return content.attributes();
  }

  synchronized void put(Action action) throws IOException {
    write(content.with(action));
  }

  /** Ends the action and owes its outcome, in one step. */
  synchronized void end(String id, @Nullable Owed outcome) throws IOException {
    Action action = content.action();
    Content next = action != null && action.id().equals(id) ? content.with(null) : content;
    if (outcome != null) {
      List<Owed> more = new ArrayList<>(next.owed());
      more.add(outcome);
      next = next.owing(more);
    }
    write(next);
  }

  synchronized void owe(Owed more) throws IOException {
    List<Owed> all = new ArrayList<>(content.owed());
    all.add(more);
    write(content.owing(all));
  }

  /** Owes these no more. */
  synchronized void settle(Predicate<Owed> which) throws IOException {
    if (content.owed().stream().anyMatch(which)) {
      write(content.owing(content.owed().stream().filter(which.negate()).toList()));
    }
  }

  synchronized void told(Map<String, String> attributes) throws IOException {
    write(new Content(content.spec(), content.action(), content.owed(), attributes));
  }

  private void write(Content next) throws IOException {
    if (!next.equals(content)) {
      disk.replace(file, StrictJson.write(next));
      content = next;
    }
  }
}
