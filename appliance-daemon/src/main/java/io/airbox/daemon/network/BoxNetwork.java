package io.airbox.daemon.network;

import io.airbox.daemon.access.Actor;
import io.airbox.daemon.access.AuditLog;
import io.airbox.daemon.access.Caller;
import io.airbox.daemon.access.Channel;
import io.airbox.daemon.access.Role;
import io.airbox.daemon.network.NetworkView.Asker;
import io.airbox.daemon.network.NetworkView.Wish;
import io.airbox.daemon.network.PlanNotAppliedException.Reason;
import io.airbox.daemon.storage.DurableFiles;
import io.airbox.netplan.apply.Announced;
import io.airbox.netplan.apply.ApplyState;
import io.airbox.netplan.apply.MachineClock;
import io.airbox.netplan.apply.NetworkApply;
import io.airbox.netplan.apply.NetworkApplyException;
import io.airbox.netplan.apply.NetworkChange;
import io.airbox.netplan.apply.Transaction;
import io.airbox.netplan.plan.NetworkPlan;
import io.airbox.netplan.staging.FileChange;
import io.airbox.netplan.staging.NetworkStaging;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.tinylog.Logger;

/**
 * The box's own network: shown, planned, changed, confirmed, taken back. Plans are kept for a
 * while, so that what is applied is what was shown. Thread-safe; every method blocks but {@link
 * #announces}, {@link #asked} and {@link #names}.
 */
public final class BoxNetwork implements AutoCloseable {
  /** As long as a person needs to find the box at another address. */
  public static final Duration USUAL_WINDOW = Duration.ofMinutes(2);

  private static final int KEPT_PLANS = 16;

  /** The daemon itself, for what happens without anybody asking. */
  private static final Caller NOBODY =
      new Caller(new Actor("airboxd", Role.OWNER, Set.of()), "socket", Channel.SOCKET);

  private final NetworkView view;
  private final @Nullable NetworkApply changes;
  private final String whyNot;
  private final AuditLog audit;
  private final UndoStore undo;
  private final Arrivals arrivals = new Arrivals(System::nanoTime);
  private final List<Consumer<Transaction>> listeners = new CopyOnWriteArrayList<>();
  private final Map<String, NetworkPlan> plans =
      new LinkedHashMap<>() {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, NetworkPlan> eldest) {
          return size() > KEPT_PLANS;
        }
      };

  private BoxNetwork(
      NetworkView view,
      @Nullable NetworkApply changes,
      String whyNot,
      AuditLog audit,
      Path folder) {
    this.view = view;
    this.changes = changes;
    this.whyNot = whyNot;
    this.audit = audit;
    this.undo = new UndoStore(folder.resolve("before"));
    if (changes != null) {
      changes.onChange(this::changed);
      changes.start();
    }
  }

  /**
   * The box's network. Goes on with a change that was under way. Never fails: where changes cannot
   * be made, the network is shown and planned, and the log says why.
   *
   * @param folder for the journal of changes, and what files were before each
   * @param staging the side that has root
   */
  public static BoxNetwork open(
      NetworkView view, Path folder, NetworkStaging staging, MachineClock clock, AuditLog audit) {
    try {
      DurableFiles.createFolder(folder);
      return new BoxNetwork(view, NetworkApply.open(folder, staging, clock), "", audit, folder);
    } catch (NetworkApplyException | UncheckedIOException | IOException e) {
      Logger.error(e, "the network cannot be changed from here");
      return new BoxNetwork(
          view, null, "the network cannot be changed from here: " + e.getMessage(), audit, folder);
    }
  }

  private NetworkApply changes() {
    NetworkApply open = changes;
    if (open == null) {
      throw new NetworkApplyException(NetworkApplyException.Reason.STORAGE, whyNot, null);
    }
    return open;
  }

  /**
   * A plan that can be applied.
   *
   * @param waysLeft whether somebody on the network finds the box then; otherwise it has to be
   *     forced
   */
  public record Planned(NetworkPlan plan, boolean waysLeft) {
    /** As the API writes it. */
    public JsonObject json() {
      return NetworkJson.plan(plan).put("needs_force", !waysLeft);
    }
  }

  private void changed(Transaction transaction) {
    ApplyState state = transaction.state();
    if (state == ApplyState.ROLLED_BACK || state == ApplyState.ROLLBACK_FAILED) {
      audit.record(
          NOBODY,
          "network.rollback",
          transaction.id(),
          null,
          transaction.reason().isEmpty() ? null : transaction.reason(),
          state == ApplyState.ROLLED_BACK ? AuditLog.DONE : state.name());
    }
    listeners.forEach(listener -> listener.accept(transaction));
  }

  /** Calls this, on any thread, whenever a change has gone a step further. */
  public void onChange(Consumer<Transaction> listener) {
    listeners.add(listener);
  }

  /** Everything that is known, see {@link NetworkView#show}, and the change that is under way. */
  public JsonObject show(@Nullable String reachedAt) {
    return view.show(reachedAt)
        .put("transaction", current().map(NetworkJson::transaction).orElse(null));
  }

  /**
   * Whether the network works now, by asking around. Blocks for some seconds, and may be asked at
   * any time.
   */
  public NetworkCheck check() {
    return view.check(arrivals);
  }

  /**
   * A request came over the network. Never blocks.
   *
   * @param own the box's address that it came to
   * @param digits the same as text
   * @param remote where it came from
   */
  public void asked(InetAddress own, String digits, InetAddress remote) {
    arrivals.at(own, digits, remote);
  }

  /**
   * Thinks a change through, see {@link NetworkView#plan}, and remembers it.
   *
   * @throws NetworkRefusedException the plan must not be applied
   */
  public Planned plan(Wish wish, Asker asker) {
    NetworkPlan plan = view.plan(wish, asker);
    if (!plan.isApplicable()) {
      throw new NetworkRefusedException(plan.findings());
    }
    synchronized (plans) {
      plans.remove(plan.id());
      plans.put(plan.id(), plan);
    }
    return new Planned(plan, view.leavesAWayIn(plan));
  }

  /**
   * Plans to put the files back as they were before a change.
   *
   * @throws NetworkApplyException {@code NO_SUCH_TRANSACTION}: what they were is not known (any
   *     more)
   * @throws NetworkRefusedException the plan must not be applied
   */
  public Planned planUndo(String transaction, Asker asker) {
    return plan(
        undo.wish(transaction)
            .orElseThrow(
                () ->
                    new NetworkApplyException(
                        NetworkApplyException.Reason.NO_SUCH_TRANSACTION,
                        "what the files were before that change is not known (any more)",
                        null)),
        asker);
  }

  /**
   * Announces a planned change, and applies it two seconds later.
   *
   * @param force apply it though nobody on the network finds the box then
   * @param origin of the page that asks, as a browser writes it; null when it is none
   * @throws PlanNotAppliedException the plan is unknown, stale, changes nothing, or leaves no way
   *     in and is not forced
   * @throws NetworkApplyException see {@link NetworkApply#apply}
   */
  public Announced apply(
      String id, Duration window, boolean force, @Nullable String origin, Caller caller) {
    NetworkPlan plan = applicable(id, force);
    List<FileChange> files = new ArrayList<>();
    plan.files()
        .forEach((name, file) -> files.add(FileChange.of(name, file.before(), file.after())));
    List<String> urls = plan.urls().stream().map(URI::toString).toList();
    Set<String> announced = new LinkedHashSet<>();
    urls.forEach(url -> announced.add(origin(URI.create(url))));
    if (origin != null) {
      announced.add(origin.toLowerCase(Locale.ROOT));
    }
    String outcome = "FAILED";
    try {
      Announced done =
          changes()
              .apply(
                  new NetworkChange(
                      plan.id(),
                      caller.actor().id(),
                      window,
                      files,
                      plan.linksToDelete(),
                      urls,
                      List.copyOf(announced),
                      plan.yamlDiff()));
      outcome = AuditLog.DONE;
      // it begins two seconds from now
      undo.keep(done.transaction().id(), plan.files().values());
      return done;
    } catch (NetworkApplyException e) {
      outcome = e.reason().name();
      throw e;
    } finally {
      audit.record(caller, "network.apply", null, null, addresses(plan), outcome);
    }
  }

  private NetworkPlan applicable(String id, boolean force) {
    NetworkPlan plan;
    synchronized (plans) {
      plan = plans.get(id);
    }
    if (plan == null) {
      throw new PlanNotAppliedException(
          Reason.PLAN_STALE, "there is no such plan (any more); plan the change again");
    }
    if (!plan.changesAnything()) {
      throw new PlanNotAppliedException(Reason.NOTHING_CHANGES, "the plan changes nothing");
    }
    if (!plan.basedOn().equals(view.fingerprint())) {
      throw new PlanNotAppliedException(
          Reason.PLAN_STALE,
          "netplan's files have changed since the plan was made; plan the change again");
    }
    if (!force && !view.leavesAWayIn(plan)) {
      throw new PlanNotAppliedException(
          Reason.LAST_WAY_IN,
          "then no port with a cable has an address: only the serial console is left. force applies"
              + " it all the same");
    }
    return plan;
  }

  /** What a person reading the log wants to know of a plan: where the box is then. */
  private static String addresses(NetworkPlan plan) {
    List<String> all = new ArrayList<>();
    plan.addresses().forEach((id, list) -> all.add(id + " " + String.join(" ", list)));
    return String.join(", ", all);
  }

  /**
   * Keeps the change.
   *
   * @param token null when the caller's channel is proof enough
   * @throws NetworkApplyException see {@link NetworkApply#confirm(String, String)}
   */
  public Transaction confirm(String transaction, @Nullable String token, Caller caller) {
    String outcome = "FAILED";
    try {
      Transaction kept =
          token == null ? changes().confirm(transaction) : changes().confirm(transaction, token);
      outcome = AuditLog.DONE;
      return kept;
    } catch (NetworkApplyException e) {
      outcome = e.reason().name();
      throw e;
    } finally {
      // a page asks every two seconds, and most of that is too early
      if (!outcome.equals(NetworkApplyException.Reason.NOT_WAITING.name())) {
        if (outcome.equals(AuditLog.DONE)) {
          audit.record(caller, "network.confirm", transaction, null, null, outcome);
        } else {
          audit.refused(caller, "network.confirm", null, outcome);
        }
      }
    }
  }

  /**
   * Takes the change back.
   *
   * @throws NetworkApplyException see {@link NetworkApply#revert}
   */
  public Transaction revert(String transaction, Caller caller) {
    String outcome = "FAILED";
    try {
      Transaction going = changes().revert(transaction, caller.actor().id());
      outcome = AuditLog.DONE;
      return going;
    } catch (NetworkApplyException e) {
      outcome = e.reason().name();
      throw e;
    } finally {
      audit.record(caller, "network.revert", transaction, null, null, outcome);
    }
  }

  /** Changes that came to their end, latest first. */
  public JsonObject history() {
    JsonArray entries = new JsonArray();
    List<Transaction> history = changes == null ? List.of() : changes.history();
    history.forEach(
        each ->
            entries.add(
                NetworkJson.transaction(each)
                    .put("can_undo", each.state() == ApplyState.CONFIRMED && undo.has(each.id()))));
    return new JsonObject().put("entries", entries);
  }

  /** The change that is under way or was the last. */
  public Optional<Transaction> current() {
    return changes == null ? Optional.empty() : changes.current();
  }

  /** Whether a page of that origin is the box's own under an address before or after a change. */
  public boolean announces(String origin) {
    return current()
        .map(change -> change.origins().contains(origin.toLowerCase(Locale.ROOT)))
        .orElse(false);
  }

  /** Where the page may look for the box while a change waits for its confirmation; else empty. */
  public List<String> originsWhileWaiting() {
    return current().filter(change -> !change.state().isEnd()).stream()
        .flatMap(change -> change.urls().stream())
        .map(url -> origin(URI.create(url)))
        .distinct()
        .toList();
  }

  /** Names and addresses under which the box is to be found once a change is in effect. */
  public static List<String> names(Transaction transaction) {
    List<String> names = new ArrayList<>();
    for (String url : transaction.urls()) {
      String host = URI.create(url).getHost();
      if (host != null) {
        names.add(host.startsWith("[") ? host.substring(1, host.length() - 1) : host);
      }
    }
    return names;
  }

  private static String origin(URI url) {
    return (url.getScheme() + "://" + url.getRawAuthority()).toLowerCase(Locale.ROOT);
  }

  @Override
  public void close() {
    if (changes != null) {
      changes.close();
    }
  }
}
