package io.airbox.helper;

import io.airbox.helper.Step.OrElse;
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
import java.util.Optional;
import java.util.regex.Matcher;
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

  /**
   * Sets the clock, to the second, or who keeps it. {@code time}: an instant of RFC 3339. Or {@code
   * ntp}: {@link TimeServers}, none for those of the system. Or {@code previous}: {@code ntp}, for
   * the servers before.
   */
  TIME_SET("time-set") {
    @Override
    List<Step> steps(Arguments arguments, Machine machine)
        throws RefusedException, StepFailedException, InterruptedException {
      if (arguments.has("ntp")) {
        String drop = TimeServers.parse("ntp", arguments.take("ntp")).file();
        return withNtp(machine, exchange(machine, TIME_SERVERS, drop));
      }
      if (arguments.has(PREVIOUS)) {
        requireWord(arguments, "ntp");
        return withNtp(machine, exchange(machine, TIME_SERVERS, previous(machine, TIME_SERVERS)));
      }
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

  /**
   * Chooses where packages come from: the distribution's own lines of {@code
   * /etc/apt/sources.list}. {@code mirror}: a {@link Mirror}. Or {@code previous}: {@code mirror},
   * for the list before.
   */
  MIRROR_SET("mirror-set") {
    @Override
    List<Step> steps(Arguments arguments, Machine machine)
        throws RefusedException, StepFailedException {
      if (arguments.has(PREVIOUS)) {
        requireWord(arguments, "mirror");
        return exchange(machine, SOURCES, previous(machine, SOURCES));
      }
      Mirror mirror = Mirror.parse("mirror", arguments.take("mirror"));
      return exchange(
          machine, SOURCES, mirror.in("mirror", read(machine, SOURCES), release(machine)));
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
      String id = change.transaction();
      long delay = change.window().toSeconds() + Staging.GRACE_SECONDS;
      List<Step> steps = new ArrayList<>();
      try {
        Optional<String> left = staging.underWay();
        if (left.isPresent() && !isArmed(left.get(), machine)) {
          steps.add(
              new RunProgram(
                  "bring the change " + left.get() + " to its end, of which no timer runs",
                  Program.SYSTEMCTL,
                  List.of("--no-ask-password", "start", networkUnit("revert", left.get()))));
          steps.add(
              new StageFiles(
                  "check the new one against what is there then", () -> staging.check(change)));
        } else {
          staging.check(change);
        }
      } catch (StagingException e) {
        throw NetworkArguments.refusal(e);
      }
      steps.add(new StageFiles("write the change down", () -> staging.prepare(change)));
      // before it is the one under way: what has no timer then is nobody's any more
      steps.add(
          new RunProgram(
              "let a timer take the change back in " + delay + " s",
              Program.SYSTEMD_RUN,
              List.of(
                  "--no-ask-password",
                  "--on-active=" + delay,
                  "--timer-property=AccuracySec=1s",
                  "--unit=" + networkUnit("revert", id))));
      steps.add(
          new OrElse(
              new StageFiles("make it the one change under way", () -> staging.stage(id)),
              new RunProgram(
                  "stop the timer",
                  Program.SYSTEMCTL,
                  List.of("--no-ask-password", "--no-block", "stop", timer(id)))));
      steps.add(start("bring the new settings up, without keeping them", "apply", id));
      return steps;
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

  private static final String PREVIOUS = "previous";

  private static final String SOURCES = "/etc/apt/sources.list";
  private static final String TIME_SERVERS = "/etc/systemd/timesyncd.conf.d/50-airbox.conf";

  /**
   * Behind the name of a file: as it was before the last change. Neither apt nor systemd reads it.
   */
  private static final String KEPT = ".airbox-previous";

  private static final Pattern CODE_NAME =
      Pattern.compile("^VERSION_CODENAME=\"?([a-z][a-z0-9]*)\"?$", Pattern.MULTILINE);

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

  private static void requireWord(Arguments arguments, String word) throws RefusedException {
    if (!arguments.take(PREVIOUS).equals(word)) {
      throw new RefusedException(PREVIOUS, "has to be " + word);
    }
  }

  /** What a file was before its last change. */
  private static String previous(Machine machine, String path)
      throws RefusedException, StepFailedException {
    if (!machine.has(path + KEPT)) {
      throw new RefusedException(PREVIOUS, path + " was not changed before");
    }
    return read(machine, path + KEPT);
  }

  /** Puts a text into a file and keeps what was there, so that it can be put back. */
  private static List<Step> exchange(Machine machine, String path, String text)
      throws StepFailedException {
    return List.of(
        new ReplaceFile("keep the present settings", path + KEPT, read(machine, path)),
        new ReplaceFile("write the new ones", path, text));
  }

  private static List<Step> withNtp(Machine machine, List<Step> files)
      throws RefusedException, StepFailedException, InterruptedException {
    String possible =
        new RunProgram(
                "ask whether this machine can follow time servers",
                Program.TIMEDATECTL,
                List.of("show", "--property=CanNTP", "--value"))
            .output(machine);
    if (!possible.equals("yes")) {
      throw new RefusedException(
          "ntp", "this machine has no systemd-timesyncd to ask time servers");
    }
    List<Step> steps = new ArrayList<>(files);
    steps.add(
        new RunProgram(
            "let time servers keep the clock",
            Program.TIMEDATECTL,
            List.of("--no-ask-password", "set-ntp", "true")));
    steps.add(
        new RunProgram(
            "take up the servers",
            Program.SYSTEMCTL,
            List.of("--no-ask-password", "try-restart", "systemd-timesyncd.service")));
    return steps;
  }

  /** The code name of the distribution's release, from {@code os-release(5)}. */
  private static String release(Machine machine) throws RefusedException, StepFailedException {
    for (String path : List.of("/etc/os-release", "/usr/lib/os-release")) {
      Matcher name = CODE_NAME.matcher(read(machine, path));
      if (name.find()) {
        return name.group(1);
      }
    }
    throw new RefusedException(null, "/etc/os-release does not tell the release's code name");
  }

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

  private static boolean isArmed(String transaction, Machine machine)
      throws StepFailedException, InterruptedException {
    List<String> question = List.of("--quiet", "is-active", timer(transaction));
    try {
      return machine.run(Program.SYSTEMCTL, question).status() == 0;
    } catch (IOException e) {
      throw new StepFailedException(
          "ask whether a timer runs for the change " + transaction, e.toString());
    }
  }

  private static String timer(String transaction) {
    return "airbox-network@revert-" + transaction + ".timer";
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
