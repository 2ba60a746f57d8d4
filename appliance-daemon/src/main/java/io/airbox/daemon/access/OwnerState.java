package io.airbox.daemon.access;

import com.fasterxml.jackson.databind.node.ObjectNode;
import org.jspecify.annotations.Nullable;

/**
 * Whether and by whom the box is owned. One file, so that it changes as a whole.
 *
 * @param passphrase the owner's; null while the box has none
 * @param guests whether guests may make pictures
 * @param epoch grows whenever all sessions end: a session counts in its own epoch only, and so none
 *     survives because its file was not written any more
 */
record OwnerState(@Nullable PassphraseHash passphrase, boolean guests, long epoch) {
  /** A new box. */
  static final OwnerState UNCLAIMED = new OwnerState(null, true, 0);

  OwnerState owned(PassphraseHash by) {
    return new OwnerState(by, guests, epoch + 1);
  }

  OwnerState abandoned() {
    return new OwnerState(null, guests, epoch + 1);
  }

  OwnerState withGuests(boolean welcome) {
    return new OwnerState(passphrase, welcome, epoch);
  }

  static OwnerState read(StateReader file) {
    // said twice, so that a file which has lost its passphrase does not open the box
    boolean claimed = file.flag("claimed");
    if (!claimed && file.has("passphrase")) {
      throw file.damaged("claimed", "is false, but there is a passphrase");
    }
    return new OwnerState(
        claimed ? PassphraseHash.read(file.object("passphrase")) : null,
        file.flag("guests"),
        file.number("epoch", 0, Long.MAX_VALUE - 1));
  }

  ObjectNode write() {
    ObjectNode file = StateFile.content();
    file.put("claimed", passphrase != null);
    file.put("guests", guests);
    file.put("epoch", epoch);
    if (passphrase != null) {
      passphrase.write(file.putObject("passphrase"));
    }
    return file;
  }
}
