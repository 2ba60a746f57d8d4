package io.airbox.flasher.watch;

/** What the box said about its card slot when it was asked at its prompt. */
public enum CardSlot {
  UNKNOWN,
  EMPTY,
  OCCUPIED
}
