package io.airbox.ota.update;

import io.airbox.ota.release.Release;
import java.io.IOException;
import java.nio.file.Path;

/** Finds out whether a pack works on this box's engine; whoever has an engine makes one. */
public interface Trial {
  /**
   * Gets an engine ready, without anything of the pack in it yet.
   *
   * @param folder the pack, whole
   * @throws IOException there is no engine to try it on now, which says nothing about the pack
   */
  Attempt prepare(Release release, Path folder) throws IOException, InterruptedException;

  /** One attempt. */
  interface Attempt extends AutoCloseable {
    /**
     * Loads the pack and runs its self-test, within {@link Release#probeSeconds}. A pack that hangs
     * or takes the engine's process with it has failed.
     *
     * @throws IOException it could not be tried now, which says nothing about the pack
     * @throws InterruptedException the thread was interrupted; nothing of the pack is loaded
     */
    Verdict run() throws IOException, InterruptedException;

    /** Nothing of the pack is loaded any more. */
    @Override
    void close();
  }

  /** What was found. */
  sealed interface Verdict {
    /** It works. */
    record Passed() implements Verdict {}

    /**
     * It does not.
     *
     * @param why a clause for people: {@code its self-test's picture differs by 40 of 255}
     */
    record Failed(String why) implements Verdict {}
  }
}
