package io.airbox.daemon.fleet;

/** How the broker is told. Any thread may ask; answers at once. */
public interface FleetStatus {
  /** There is no broker. */
  FleetStatus OFF =
      new FleetStatus() {
        @Override
        public String state() {
          return "off";
        }

        @Override
        public int waiting() {
          return 0;
        }
      };

  /** {@code off}, {@code connected} or {@code disconnected}. */
  String state();

  /** Records on the disk that have not arrived. */
  int waiting();
}
