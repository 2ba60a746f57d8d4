package io.airbox.helper;

import io.airbox.helper.Step.ReplaceFile;
import io.airbox.helper.Step.RunProgram;
import io.airbox.helper.Step.StageFiles;
import io.airbox.helper.Step.Tell;
import io.airbox.netplan.staging.CommandRunner;
import io.airbox.netplan.staging.StagedChange;
import io.airbox.netplan.staging.Staging;
import io.airbox.netplan.staging.StagingException;
import java.io.IOException;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** Everything that can be asked for. */
enum Verb {
  /** Gives the machine a name. {@code hostname}: a {@link Hostname}. */
  HOSTNAME_SET("hostname-set") {
    @Override
    List<Step> steps(Arguments arguments, Machine machine)
        throws RefusedException, StepFailedException {
      Hostname name = Hostname.parse("hostname", arguments.take("hostname"));
      String hosts = read(machine, "/etc/hosts");
      String quoted = "\"" + name.text() + "\"";
      // hostnamectl first: it alone tells the kernel, and it skips that when /etc/hostname is new
      // already. What it writes is not synced, so the file is written again.
      return List.of(
          new RunProgram(
              "set the host name to " + quoted,
              Program.HOSTNAMECTL,
              List.of("--no-ask-password", "set-hostname", name.text())),
          new ReplaceFile("keep " + quoted + " for the next start", "/etc/hostname", name.file()),
          new ReplaceFile(
              "let " + quoted + " resolve to the machine itself", "/etc/hosts", name.in(hosts)));
    }
  },

  /** Sets the clock, to the second. {@code time}: an instant of RFC 3339. */
  TIME_SET("time-set") {
    @Override
    List<Step> steps(Arguments arguments, Machine machine)
        throws RefusedException, StepFailedException, InterruptedException {
      Instant time = instant("time", arguments.take("time"));
      String synchronised =
          new RunProgram(
                  "ask whether a time server sets the clock",
                  Program.TIMEDATECTL,
                  List.of("show", "--property=NTPSynchronized", "--value"))
              .output(machine);
      if (synchronised.equals("yes")) {
        throw new RefusedException(
            "time",
            "a time server keeps the clock right (NTP) and would set it back;"
                + " `timedatectl set-ntp false` turns that off");
      }
      List<Step> steps = new ArrayList<>();
      // not timedatectl: it refuses while NTP is switched on, even where no server can be reached
      steps.add(
          new RunProgram(
              "set the clock to " + time,
              Program.DATE,
              List.of("--utc", "--set=@" + time.getEpochSecond())));
      if (machine.has("/dev/rtc") || machine.has("/dev/rtc0")) {
        steps.add(
            new RunProgram(
                "let the hardware clock keep it", Program.HWCLOCK, List.of("--systohc")));
      }
      return steps;
    }
  },

  /** Restarts the machine, two seconds later: the answer has to reach the one who asked. */
  REBOOT("reboot") {
    @Override
    List<Step> steps(Arguments arguments, Machine machine) {
      return List.of(
          new RunProgram(
              "restart the machine in 2 s",
              Program.SYSTEMD_RUN,
              List.of(
                  "--no-ask-password",
                  "--collect",
                  "--on-active=2",
                  "--timer-property=AccuracySec=100ms",
                  Program.SYSTEMCTL.path(),
                  "reboot")));
    }
  },

  /** Tells the files that netplan may read, see {@link NetworkFiles}. */
  NETWORK_READ("network-read") {
    @Override
    List<Step> steps(Arguments arguments, Machine machine) throws RefusedException {
      try {
        return List.of(new Tell(NetworkFiles.fields(staging(machine).read())));
      } catch (StagingException e) {
        throw NetworkArguments.refusal(e);
      }
    }
  },

  /**
   * Puts a network change into effect for a while. {@code transaction}, {@code window} in seconds,
   * {@code links} and {@code file.NAME}: see {@link NetworkArguments}.
   */
  NETWORK_STAGE("network-stage") {
    @Override
    List<Step> steps(Arguments arguments, Machine machine)
        throws RefusedException, StepFailedException, InterruptedException {
      StagedChange change = NetworkArguments.change(arguments);
      Staging staging = staging(machine);
      try {
        staging.check(change);
      } catch (StagingException e) {
        throw NetworkArguments.refusal(e);
      }
      String id = change.transaction();
      long delay = change.window().toSeconds() + Staging.GRACE_SECONDS;
      return List.of(
          new StageFiles("write the change down", () -> staging.prepare(change)),
          // of two at once one gets here, and no other's timer is left behind
          new StageFiles("make it the one change under way", () -> staging.stage(id)),
          // before the network is touched; it needs neither us nor the daemon
          new RunProgram(
              "let a timer take the change back in " + delay + " s",
              Program.SYSTEMD_RUN,
              List.of(
                  "--no-ask-password",
                  "--on-active=" + delay,
                  "--timer-property=AccuracySec=1s",
                  "--unit=" + networkUnit("revert", id))),
          start("bring the new settings up, without keeping them", "apply", id));
    }
  },

  /** Keeps a staged network change. {@code transaction}: which one. */
  NETWORK_COMMIT("network-commit") {
    @Override
    List<Step> steps(Arguments arguments, Machine machine)
        throws RefusedException, StepFailedException {
      String id = NetworkArguments.transaction(arguments);
      Staging staging = staging(machine);
      Step place = start("move the files into place", "commit", id);
      try {
        if (!staging.checkCommit(id)) {
          return staging.isUnderWay(id) ? List.of(place) : List.of();
        }
      } catch (StagingException e) {
        throw NetworkArguments.refusal(e);
      }
      return List.of(
          new StageFiles("write the files beside those in /etc/netplan", staging::draftFiles),
          new StageFiles("decide that the change is kept", () -> staging.commit(id)),
          place);
    }
  },

  /** Takes a staged network change back. {@code transaction}: which one. */
  NETWORK_REVERT("network-revert") {
    @Override
    List<Step> steps(Arguments arguments, Machine machine) throws RefusedException {
      return List.of(
          start("bring the former settings up", "revert", NetworkArguments.transaction(arguments)));
    }
  };

  /** The clock is not set to a time before this program was made. */
  static final Instant BUILT = BuildTime.read();

  /** Nor to one that can only be a mistake. */
  static final Instant TOO_LATE = Instant.parse("2100-01-01T00:00:00Z");

  private static final Pattern RFC_3339 =
      Pattern.compile(
          "\\d{4}-\\d{2}-\\d{2}T\\d{2}:\\d{2}:\\d{2}(?:\\.\\d{1,9})?(?:Z|[+-]\\d{2}:\\d{2})");

  private final String id;

  Verb(String id) {
    this.id = id;
  }

  String id() {
    return id;
  }

  /**
   * What has to be done. Nothing is changed.
   *
   * @throws RefusedException the verb, an argument or the state of the machine does not allow it
   * @throws StepFailedException the machine's state could not be read
   */
  static List<Step> plan(Request request, Machine machine)
      throws RefusedException, StepFailedException, InterruptedException {
    Verb verb =
        Arrays.stream(values())
            .filter(known -> known.id.equals(request.verb()))
            .findFirst()
            .orElseThrow(
                () -> new RefusedException(null, "there is no such verb; known: " + ids()));
    Arguments arguments = new Arguments(request.arguments());
    List<Step> steps = verb.steps(arguments, machine);
    arguments.end();
    return steps;
  }

  private static String ids() {
    return Arrays.stream(values()).map(Verb::id).collect(Collectors.joining(", "));
  }

  /** Takes and checks its arguments and says what they lead to. Nothing is changed. */
  abstract List<Step> steps(Arguments arguments, Machine machine)
      throws RefusedException, StepFailedException, InterruptedException;

  private static Staging staging(Machine machine) {
    return new Staging(
        machine.root(),
        arguments -> {
          Machine.Ended ended = machine.run(Program.NETPLAN, arguments);
          return new CommandRunner.Ended(ended.status(), ended.output());
        });
  }

  /** The program that touches links runs in a unit of its own, with the powers that it needs. */
  private static Step start(String purpose, String verb, String transaction) {
    return new RunProgram(
        purpose,
        Program.SYSTEMCTL,
        List.of("--no-ask-password", "--no-block", "start", networkUnit(verb, transaction)));
  }

  private static String networkUnit(String verb, String transaction) {
    return "airbox-network@" + verb + "-" + transaction + ".service";
  }

  private static String read(Machine machine, String path) throws StepFailedException {
    try {
      return machine.read(path).orElse("");
    } catch (IOException e) {
      throw new StepFailedException("read " + path, e.toString());
    }
  }

  private static Instant instant(String field, String text) throws RefusedException {
    if (!RFC_3339.matcher(text).matches()) {
      throw new RefusedException(field, "is not a time of RFC 3339, such as 2027-01-31T12:00:00Z");
    }
    Instant time;
    try {
      time = OffsetDateTime.parse(text).toInstant();
    } catch (DateTimeException e) {
      throw new RefusedException(field, "there is no such time");
    }
    if (time.isBefore(BUILT) || !time.isBefore(TOO_LATE)) {
      throw new RefusedException(
          field, "is out of range: from " + BUILT + ", when this program was made, to " + TOO_LATE);
    }
    return time.truncatedTo(ChronoUnit.SECONDS);
  }
}
