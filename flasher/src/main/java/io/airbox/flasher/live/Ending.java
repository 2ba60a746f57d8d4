package io.airbox.flasher.live;

/** Why a watch ended. */
public enum Ending {
  /** The flash came to its end. */
  FLASHED,
  /** The box has booted. */
  BOOTED,
  /** Nothing more will happen without somebody's doing. */
  FAILED,
  /** Nothing was heard for too long. */
  SILENT,
  /** It was told to end. */
  STOPPED
}
