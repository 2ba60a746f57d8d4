package io.airbox.helper;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** How a request ended. */
sealed interface Reply {
  /** Its fields as a message. */
  List<String> fields();

  /**
   * Everything was done, or would be.
   *
   * @param steps what, in words; for a verb that only reads, what it read
   */
  record Done(List<String> steps) implements Reply {
    @Override
    public List<String> fields() {
      List<String> fields = new ArrayList<>(List.of(Request.PROTOCOL, "done"));
      fields.addAll(steps);
      return fields;
    }
  }

  /**
   * Nothing was done.
   *
   * @param field the argument that is at fault, if one is
   * @param reason why
   */
  record Refused(@Nullable String field, String reason) implements Reply {
    @Override
    public List<String> fields() {
      return List.of(Request.PROTOCOL, "refused", field == null ? "" : field, reason);
    }
  }

  /**
   * A step failed; those before it were done, those after it were not begun.
   *
   * @param step what, in words
   * @param message what the system or the program said
   */
  record Failed(String step, String message) implements Reply {
    @Override
    public List<String> fields() {
      return List.of(Request.PROTOCOL, "failed", step, message);
    }
  }

  /**
   * Reads a reply.
   *
   * @throws MalformedFrameException the fields are none
   */
  static Reply of(List<String> fields) throws MalformedFrameException {
    if (fields.size() >= 2 && fields.get(0).equals(Request.PROTOCOL)) {
      String kind = fields.get(1);
      if (kind.equals("done")) {
        return new Done(List.copyOf(fields.subList(2, fields.size())));
      }
      if (fields.size() == 4 && kind.equals("refused")) {
        return new Refused(fields.get(2).isEmpty() ? null : fields.get(2), fields.get(3));
      }
      if (fields.size() == 4 && kind.equals("failed")) {
        return new Failed(fields.get(2), fields.get(3));
      }
    }
    throw new MalformedFrameException("it is no reply of " + Request.PROTOCOL);
  }
}
