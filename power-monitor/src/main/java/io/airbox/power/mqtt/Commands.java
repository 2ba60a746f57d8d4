package io.airbox.power.mqtt;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Arrays;
import java.util.Optional;

/** What a box does for whoever may publish to its topics. The list is closed. */
@FunctionalInterface
public interface Commands {
  /** A thing to do. */
  enum Verb {
    /** Makes the box known to who stands before it. */
    IDENTIFY("identify", false),
    /** Tells the state now. */
    SAMPLE_NOW("sample-now", false),
    /** Ends the engine's process, which is started again. */
    RESTART_WORKER("restart-worker", true),
    /** Installs the release of a model that the order names. */
    UPDATE_NOW("update-now", true);

    private final String id;
    private final boolean signed;

    Verb(String id, boolean signed) {
      this.id = id;
      this.signed = signed;
    }

    /** As in the topic. */
    public String id() {
      return id;
    }

    /** Whether it needs a signature by the command key. */
    public boolean signed() {
      return signed;
    }

    static Optional<Verb> of(String id) {
      return Arrays.stream(values()).filter(verb -> verb.id.equals(id)).findFirst();
    }
  }

  /**
   * Does it, or begins to; must not block.
   *
   * @param order what was signed; empty for a verb that needs no signature
   * @return what to tell about it, without {@code id} and {@code ok}
   * @throws RefusedException it is not done
   */
  ObjectNode run(Verb verb, ObjectNode order) throws RefusedException;

  /** It is not done, for a reason that whoever asked may read. */
  final class RefusedException extends Exception {
    private static final long serialVersionUID = 1;

    /**
     * With a reason.
     *
     * @param reason for people
     */
    public RefusedException(String reason) {
      super(reason);
    }
  }
}
