package io.airbox.daemon.access;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.airbox.daemon.access.AccessException.Reason;
import io.airbox.daemon.storage.DurableFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class AccessTest {
  static final String PASSPHRASE = "correct horse battery";
  private static final String OTHER = "staple of another kind";

  private static final Caller STRANGER =
      new Caller(Actor.guest("192.168.1.7"), "192.168.1.7", Channel.TLS);
  private static final Caller SOCKET =
      new Caller(Actor.local(Role.OWNER), "socket", Channel.SOCKET);
  private static final Caller OWNER = new Caller(Actor.owner(), "192.168.1.9", Channel.TLS);

  private final FakeTime time = new FakeTime();
  private final Random random = new Random(1);
  private final List<ClaimOffer> announced = new ArrayList<>();

  @TempDir private Path data;
  private Access access;

  static AccessOptions cheap() {
    AccessOptions defaults = AccessOptions.DEFAULTS;
    return new AccessOptions(
        defaults.claimCodeLife(),
        defaults.sessionIdle(),
        defaults.sessionLife(),
        5,
        defaults.guestJobsPerMinute(),
        defaults.auditBytes(),
        defaults.auditFiles(),
        new PassphraseCost(8, 1, 1));
  }

  @BeforeEach
  void open() {
    access = Access.open(data, cheap(), time, time, random, announced::add, DurableFiles::replace);
  }

  @AfterEach
  void close() {
    access.close();
  }

  private void restart() {
    access.close();
    open();
  }

  private String code() {
    return announced.get(announced.size() - 1).code();
  }

  private SignedIn claim() {
    return access.claim(STRANGER, code(), PASSPHRASE.toCharArray());
  }

  private SignedIn signIn(Caller caller, String passphrase) {
    return access.signIn(caller, passphrase.toCharArray());
  }

  private NewKey key(Role role) {
    return access.addKey(OWNER, new KeyRequest("a key", role, null, null, null));
  }

  private static Reason refusal(Callable<?> asked) {
    AccessException refused = catchThrowableOfType(AccessException.class, asked::call);
    assertThat(refused).isNotNull();
    if (List.of(Reason.TOO_MANY_ATTEMPTS, Reason.QUOTA_EXCEEDED, Reason.GUEST_LIMIT)
        .contains(refused.reason())) {
      assertThat(refused.retryAfter()).isGreaterThanOrEqualTo(Duration.ofSeconds(1));
    }
    return refused.reason();
  }

  private List<String> audited() {
    return access.audit().read(1000, null).stream()
        .map(entry -> entry.actor() + " " + entry.action() + " " + entry.outcome())
        .toList();
  }

  private String allThatIsKept() throws IOException {
    StringBuilder text = new StringBuilder();
    try (Stream<Path> files = Files.walk(data)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        text.append(Files.readString(file, UTF_8));
      }
    }
    return text.toString();
  }

  @Test
  void aNewBoxAnnouncesItsCodeAndHasNoOwner() {
    assertThat(announced).hasSize(1);
    assertThat(announced.get(0).expires()).isEqualTo(FakeTime.START.plus(Duration.ofHours(1)));
    assertThat(access.claimOffer()).contains(announced.get(0));
    assertThat(access.claimed()).isFalse();
    assertThat(access.guests()).isTrue();
    assertThat(refusal(() -> signIn(STRANGER, PASSPHRASE))).isEqualTo(Reason.NOT_CLAIMED);
  }

  @Test
  void isClaimedOnceAndForGood() {
    SignedIn owner = claim();

    assertThat(access.claimed()).isTrue();
    assertThat(access.claimOffer()).isEmpty();
    assertThat(access.session(owner.token())).map(Identity::actor).contains(Actor.owner());
    assertThat(refusal(this::claim)).isEqualTo(Reason.ALREADY_CLAIMED);
    restart();
    assertThat(announced).hasSize(1);
    assertThat(refusal(this::claim)).isEqualTo(Reason.ALREADY_CLAIMED);
    assertThat(access.session(owner.token())).isPresent();
    assertThat(signIn(STRANGER, PASSPHRASE).identity().actor()).isEqualTo(Actor.owner());
  }

  @Test
  void overwritesPassphrases() {
    char[] chosen = PASSPHRASE.toCharArray();
    char[] typed = PASSPHRASE.toCharArray();
    char[] wrong = OTHER.toCharArray();
    char[] weak = "short".toCharArray();
    access.claim(STRANGER, code(), chosen);
    access.signIn(STRANGER, typed);
    refusal(() -> access.signIn(STRANGER, wrong));
    char[] current = "whatever it is".toCharArray();
    assertThatThrownBy(() -> access.changePassphrase(OWNER, current, weak, null))
        .isInstanceOf(AccessException.class);

    for (char[] secret : List.of(chosen, typed, wrong, weak, current)) {
      assertThat(secret).containsOnly('\0');
    }
  }

  @Test
  void oneOfManyClaimsWins() throws Exception {
    int many = 8;
    CyclicBarrier start = new CyclicBarrier(many);
    ExecutorService threads = Executors.newFixedThreadPool(many);
    String code = code();
    List<Future<SignedIn>> claims = new ArrayList<>();
    for (int i = 0; i < many; i++) {
      Caller caller = new Caller(Actor.guest("10.0.0." + i), "10.0.0." + i, Channel.TLS);
      char[] passphrase = ("passphrase number " + i).toCharArray();
      claims.add(
          threads.submit(
              () -> {
                start.await();
                return access.claim(caller, code, passphrase);
              }));
    }
    int won = -1;
    for (int i = 0; i < many; i++) {
      Future<SignedIn> claim = claims.get(i);
      try {
        claim.get();
        assertThat(won).as("the one who won before").isEqualTo(-1);
        won = i;
      } catch (java.util.concurrent.ExecutionException lost) {
        assertThat(lost.getCause())
            .isInstanceOfSatisfying(
                AccessException.class,
                refused -> assertThat(refused.reason()).isEqualTo(Reason.ALREADY_CLAIMED));
      }
    }
    threads.shutdown();

    restart();
    signIn(STRANGER, "passphrase number " + won);
  }

  @Test
  void takesTheCodeHoweverItIsTyped() {
    access.claim(
        STRANGER,
        " " + code().toLowerCase(java.util.Locale.ROOT).replace("-", " ").replace('0', 'o') + " ",
        PASSPHRASE.toCharArray());

    assertThat(access.claimed()).isTrue();
  }

  @Test
  void replacesTheCodeAfterTenWrongTries() {
    String code = code();
    for (int i = 0; i < ClaimWindow.WRONG_TRIES; i++) {
      Caller caller = new Caller(Actor.guest("10.0.0." + i), "10.0.0." + i, Channel.TLS);
      assertThat(refusal(() -> access.claim(caller, "nonsense", PASSPHRASE.toCharArray())))
          .isEqualTo(Reason.WRONG_CODE);
    }

    assertThat(announced).hasSize(2);
    assertThat(refusal(() -> access.claim(STRANGER, code, PASSPHRASE.toCharArray())))
        .isEqualTo(Reason.WRONG_CODE);
    claim();
  }

  @Test
  void replacesTheCodeAfterAnHour() {
    String code = code();
    time.pass(Duration.ofMinutes(59));
    access.tick();
    assertThat(announced).hasSize(1);
    time.pass(Duration.ofMinutes(1));
    access.tick();

    assertThat(announced).hasSize(2);
    assertThat(refusal(() -> access.claim(STRANGER, code, PASSPHRASE.toCharArray())))
        .isEqualTo(Reason.WRONG_CODE);
    time.pass(Duration.ofHours(1));
    assertThat(refusal(this::claim)).isEqualTo(Reason.WRONG_CODE);
    assertThat(announced).hasSize(3);
    claim();
  }

  @Test
  void settingTheClockDoesNotProlongTheCode() {
    time.set(Instant.EPOCH);
    time.pass(Duration.ofHours(1));
    access.tick();

    assertThat(announced).hasSize(2);
  }

  @Test
  void slowsDownWhoeverGuesses() {
    for (int i = 0; i < 5; i++) {
      assertThat(refusal(() -> access.claim(STRANGER, "00000000", PASSPHRASE.toCharArray())))
          .isEqualTo(Reason.WRONG_CODE);
    }
    assertThat(refusal(this::claim)).isEqualTo(Reason.TOO_MANY_ATTEMPTS);
    time.pass(Duration.ofSeconds(1));
    claim();
    for (int i = 0; i < 5; i++) {
      assertThat(refusal(() -> signIn(STRANGER, OTHER))).isEqualTo(Reason.WRONG_PASSPHRASE);
    }
    assertThat(refusal(() -> signIn(STRANGER, PASSPHRASE))).isEqualTo(Reason.TOO_MANY_ATTEMPTS);
    signIn(OWNER, PASSPHRASE);
    time.pass(Duration.ofSeconds(1));
    signIn(STRANGER, PASSPHRASE);
    assertThat(refusal(() -> signIn(STRANGER, OTHER))).isEqualTo(Reason.WRONG_PASSPHRASE);
  }

  @Test
  void aKeyDoesNotBuyGuessesOfThePassphrase() {
    claim();
    NewKey key = key(Role.USER);
    for (int i = 0; i < 5; i++) {
      refusal(() -> signIn(STRANGER, OTHER));
      access.signInWithKey(STRANGER, key.secret());
    }

    assertThat(refusal(() -> signIn(STRANGER, PASSPHRASE))).isEqualTo(Reason.TOO_MANY_ATTEMPTS);
  }

  @Test
  void needsNoCodeOnTheOwnersSocketOnly() {
    Caller user = new Caller(Actor.local(Role.USER), "socket", Channel.SOCKET);
    for (Caller caller : List.of(STRANGER, user)) {
      AccessException refused =
          catchThrowableOfType(
              AccessException.class, () -> access.claim(caller, null, PASSPHRASE.toCharArray()));
      assertThat(refused.field()).isEqualTo("code");
    }
    access.claim(SOCKET, null, PASSPHRASE.toCharArray());

    AccessException refused =
        catchThrowableOfType(
            AccessException.class,
            () -> access.changePassphrase(OWNER, null, OTHER.toCharArray(), null));
    assertThat(refused.field()).isEqualTo("current");
    access.changePassphrase(SOCKET, null, OTHER.toCharArray(), null);
    signIn(STRANGER, OTHER);
  }

  @Test
  void anotherPassphraseEndsAllSessionsButOne() {
    SignedIn first = claim();
    SignedIn second = signIn(STRANGER, PASSPHRASE);
    SignedIn byKey = access.signInWithKey(STRANGER, key(Role.USER).secret());
    assertThat(
            refusal(
                () -> {
                  access.changePassphrase(
                      OWNER, OTHER.toCharArray(), OTHER.toCharArray(), first.token());
                  return null;
                }))
        .isEqualTo(Reason.WRONG_PASSPHRASE);
    assertThat(access.session(second.token())).isPresent();

    access.changePassphrase(OWNER, PASSPHRASE.toCharArray(), OTHER.toCharArray(), first.token());

    for (int start = 0; start < 2; start++) {
      assertThat(access.session(first.token())).isPresent();
      assertThat(access.session(second.token())).isEmpty();
      assertThat(access.session(byKey.token())).isEmpty();
      assertThat(refusal(() -> signIn(STRANGER, PASSPHRASE))).isEqualTo(Reason.WRONG_PASSPHRASE);
      restart();
    }
    signIn(STRANGER, OTHER);
  }

  @Test
  void resetForgetsTheOwnerAndKeepsKeysUnlessAsked() {
    SignedIn owner = claim();
    NewKey key = key(Role.OPERATOR);
    ClaimOffer offer = access.reset(SOCKET, false);

    assertThat(access.claimed()).isFalse();
    assertThat(code()).isEqualTo(offer.code());
    assertThat(access.session(owner.token())).isEmpty();
    assertThat(access.key(key.secret()).actor().role()).isEqualTo(Role.OPERATOR);
    assertThat(refusal(() -> access.signInWithKey(STRANGER, key.secret())))
        .isEqualTo(Reason.NOT_CLAIMED);
    restart();
    assertThat(access.claimed()).isFalse();
    access.claim(STRANGER, code(), OTHER.toCharArray());
    assertThat(access.session(owner.token())).isEmpty();
    access.reset(SOCKET, true);
    assertThat(refusal(() -> access.key(key.secret()))).isEqualTo(Reason.INVALID_KEY);
    assertThat(access.keys()).isEmpty();
  }

  @Test
  void sessionsEndWhenIdleAndWhenOld() {
    SignedIn idle = claim();
    SignedIn used = signIn(STRANGER, PASSPHRASE);
    for (int hours = 0; hours < 7 * 24 - 11; hours += 11) {
      assertThat(access.session(used.token())).as("after %d h", hours).isPresent();
      time.pass(Duration.ofHours(11));
      if (hours % 33 == 0) {
        restart();
      }
    }

    assertThat(access.session(idle.token())).isEmpty();
    assertThat(access.session(used.token()).orElseThrow().expires())
        .isEqualTo(FakeTime.START.plus(Duration.ofDays(7)));
    time.pass(Duration.ofHours(11));
    assertThat(access.session(used.token())).isEmpty();
  }

  @Test
  void aClockSetBackDoesNotMakeSessionsImmortal() {
    SignedIn session = claim();
    time.set(FakeTime.START.minusSeconds(60));
    assertThat(access.session(session.token())).isPresent();
    time.set(FakeTime.START.minus(Duration.ofDays(400)));
    assertThat(access.session(session.token())).isEmpty();
    // and a new one counts by the new time
    SignedIn again = signIn(STRANGER, PASSPHRASE);
    time.pass(Duration.ofHours(12));
    assertThat(access.session(again.token())).isEmpty();
  }

  @Test
  void whoeverHasMostSessionsLosesOne() {
    SignedIn owner = claim();
    NewKey key = key(Role.USER);
    List<SignedIn> many = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      time.pass(Duration.ofSeconds(1));
      many.add(access.signInWithKey(STRANGER, key.secret()));
    }

    assertThat(access.session(owner.token())).isPresent();
    assertThat(many).filteredOn(one -> access.session(one.token()).isPresent()).hasSize(4);
    assertThat(access.session(many.get(19).token())).isPresent();
  }

  @Test
  void nobodySignsInWithoutEnd() {
    claim();
    NewKey key = key(Role.USER);
    for (int i = 0; i < 30; i++) {
      access.signInWithKey(STRANGER, key.secret());
    }

    assertThat(refusal(() -> access.signInWithKey(STRANGER, key.secret())))
        .isEqualTo(Reason.TOO_MANY_ATTEMPTS);
    signIn(STRANGER, PASSPHRASE);
  }

  @Test
  void signingOutEndsTheSession() {
    SignedIn owner = claim();
    access.signOut(OWNER, owner.token());
    access.signOut(OWNER, owner.token());
    access.signOut(OWNER, "nonsense");

    assertThat(access.session(owner.token())).isEmpty();
    restart();
    assertThat(access.session(owner.token())).isEmpty();
    assertThat(audited()).containsOnlyOnce("owner session.end done");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "x", "0123456789012345678901234567890123456789012", "\0", "ä"})
  void nonsenseIsNoSession(String token) {
    claim();

    assertThat(access.session(token)).isEmpty();
    assertThat(access.session(token.repeat(1000))).isEmpty();
  }

  @Test
  void keysOpenWithTheirSecretOnly() {
    claim();
    NewKey key = key(Role.OPERATOR);
    NewKey other = key(Role.USER);

    assertThat(key.secret()).matches("abx_[0-9a-z]{8}_[A-Za-z0-9_-]{43}");
    assertThat(access.key(key.secret()).actor())
        .isEqualTo(Actor.key(key.key().id(), Role.OPERATOR));
    String swapped = key.secret().substring(0, 13) + other.secret().substring(13);
    for (String wrong :
        List.of(
            "",
            "abx_",
            "abx_" + key.key().id(),
            swapped,
            key.secret() + "x",
            key.secret().substring(0, 55),
            key.secret().replace("abx_", "ABX_"),
            "abx_00000000_" + "0".repeat(43),
            "\ud83d".repeat(56))) {
      assertThat(refusal(() -> access.key(wrong))).as(wrong).isEqualTo(Reason.INVALID_KEY);
    }
    restart();
    assertThat(access.key(key.secret()).key()).isEqualTo(key.key());
  }

  @Test
  void aRevokedKeyEndsWithItsSessions() {
    claim();
    NewKey key = key(Role.USER);
    SignedIn session = access.signInWithKey(STRANGER, key.secret());
    assertThat(session.identity().actor()).isEqualTo(Actor.key(key.key().id(), Role.USER));
    access.revokeKey(OWNER, key.key().id());

    assertThat(access.session(session.token())).isEmpty();
    assertThat(refusal(() -> access.key(key.secret()))).isEqualTo(Reason.INVALID_KEY);
    assertThatThrownBy(() -> access.revokeKey(OWNER, key.key().id()))
        .isInstanceOfSatisfying(
            AccessException.class,
            refused -> assertThat(refused.reason()).isEqualTo(Reason.NOT_FOUND));
    restart();
    assertThat(refusal(() -> access.key(key.secret()))).isEqualTo(Reason.INVALID_KEY);
  }

  @Test
  void aKeyEndsWhenItExpiresAlsoByASession() {
    claim();
    NewKey key =
        access.addKey(
            OWNER,
            new KeyRequest(
                "short", Role.USER, FakeTime.START.plus(Duration.ofHours(1)), null, null));
    SignedIn session = access.signInWithKey(STRANGER, key.secret());
    assertThat(session.identity().expires()).isEqualTo(key.key().expires());
    time.pass(Duration.ofHours(1));

    assertThat(refusal(() -> access.key(key.secret()))).isEqualTo(Reason.INVALID_KEY);
    assertThat(access.session(session.token())).isEmpty();
    // before it was made: whatever time it is, it is not that
    time.set(FakeTime.START.minus(Duration.ofDays(1)));
    assertThat(refusal(() -> access.key(key.secret()))).isEqualTo(Reason.INVALID_KEY);
  }

  @Test
  void refusesKeysThatMeanNothing() {
    claim();
    Instant past = FakeTime.START.minusSeconds(1);
    assertThat(field(new KeyRequest("", Role.USER, null, null, null))).isEqualTo("name");
    assertThat(field(new KeyRequest("  ", Role.USER, null, null, null))).isEqualTo("name");
    assertThat(field(new KeyRequest("x".repeat(65), Role.USER, null, null, null)))
        .isEqualTo("name");
    assertThat(field(new KeyRequest("a\nb", Role.USER, null, null, null))).isEqualTo("name");
    assertThat(field(new KeyRequest("a\u202eb", Role.USER, null, null, null))).isEqualTo("name");
    assertThat(field(new KeyRequest("x", Role.GUEST, null, null, null))).isEqualTo("role");
    assertThat(field(new KeyRequest("x", Role.USER, past, null, null))).isEqualTo("expires");
    assertThat(field(new KeyRequest("x", Role.USER, Instant.MAX, null, null))).isEqualTo("expires");
    assertThat(field(new KeyRequest("x", Role.USER, null, 0, null))).isEqualTo("pictures_per_day");
    assertThat(field(new KeyRequest("x", Role.USER, null, null, -1))).isEqualTo("concurrent_jobs");
    assertThat(access.keys()).isEmpty();
  }

  private String field(KeyRequest request) {
    AccessException refused =
        catchThrowableOfType(AccessException.class, () -> access.addKey(OWNER, request));
    assertThat(refused.reason()).isEqualTo(Reason.INVALID);
    return refused.field();
  }

  private void submit(Actor actor, int pictures) {
    assertThat(access.submit(actor, "10.0.0.1", pictures, () -> 0, () -> "job")).isEqualTo("job");
  }

  @Test
  void aKeyMakesSoManyPicturesADay() {
    claim();
    NewKey key = access.addKey(OWNER, new KeyRequest("x", Role.USER, null, 10, null));
    Actor actor = access.key(key.secret()).actor();
    submit(actor, 4);
    assertThatThrownBy(
            () ->
                access.submit(
                    actor,
                    "10.0.0.1",
                    6,
                    () -> 0,
                    () -> {
                      throw new IllegalStateException("the queue is full");
                    }))
        .isInstanceOf(IllegalStateException.class);
    submit(actor, 6);

    AccessException refused = catchThrowableOfType(AccessException.class, () -> submit(actor, 1));
    assertThat(refused.reason()).isEqualTo(Reason.QUOTA_EXCEEDED);
    assertThat(refused.retryAfter()).isEqualTo(Duration.ofHours(12));
    restart();
    assertThat(access.keys().get(0).picturesToday()).isEqualTo(10);
    assertThat(refusal(() -> access.submit(actor, "", 1, () -> 0, () -> ""))).isNotNull();
    time.pass(Duration.ofHours(12));
    assertThat(access.keys().get(0).picturesToday()).isZero();
    submit(actor, 10);
    // a clock that was in the future by mistake does not hold the quota till then
    time.set(FakeTime.START.minus(Duration.ofDays(3)));
    submit(actor, 10);
  }

  @Test
  void oneIsNotManyInWhatAKeyMayDo() {
    claim();
    NewKey key = access.addKey(OWNER, new KeyRequest("x", Role.USER, null, 1, 1));
    Actor actor = access.key(key.secret()).actor();
    AccessException tooMany = catchThrowableOfType(AccessException.class, () -> submit(actor, 2));
    AccessException tooOften =
        catchThrowableOfType(
            AccessException.class, () -> access.submit(actor, "", 1, () -> 1, () -> ""));

    assertThat(tooMany)
        .hasMessage(
            "the API key "
                + key.key().id()
                + " may ask for 1 picture a day (UTC); asked for today: 0, and now: 2");
    assertThat(tooOften).hasMessageContaining("may have 1 job waiting or running");
  }

  @Test
  void aKeyHasSoManyJobsAtOnce() throws Exception {
    claim();
    NewKey key = access.addKey(OWNER, new KeyRequest("x", Role.USER, null, null, 3));
    Actor actor = access.key(key.secret()).actor();
    java.util.concurrent.atomic.AtomicInteger live =
        new java.util.concurrent.atomic.AtomicInteger();
    ExecutorService threads = Executors.newFixedThreadPool(8);
    CyclicBarrier start = new CyclicBarrier(8);
    List<Future<Integer>> jobs = new ArrayList<>();
    for (int i = 0; i < 8; i++) {
      jobs.add(
          threads.submit(
              () -> {
                start.await();
                return access.submit(actor, "", 1, live::get, live::incrementAndGet);
              }));
    }
    int refused = 0;
    for (Future<Integer> job : jobs) {
      try {
        job.get();
      } catch (java.util.concurrent.ExecutionException limit) {
        assertThat(((AccessException) limit.getCause()).reason()).isEqualTo(Reason.KEY_LIMIT);
        refused++;
      }
    }
    threads.shutdown();

    assertThat(live).hasValue(3);
    assertThat(refused).isEqualTo(5);
  }

  @Test
  void guestsOfAnAddressAreLimitedTogether() {
    for (int i = 0; i < 30; i++) {
      Actor browser = Actor.guest(String.format("%016x", i), "2001:db8::" + i);
      access.submit(browser, "2001:db8::" + i, 1, () -> 0, () -> "job");
    }

    assertThat(
            refusal(
                () ->
                    access.submit(
                        Actor.guest("2001:db8::ff"), "2001:db8::ff", 1, () -> 0, () -> "job")))
        .isEqualTo(Reason.GUEST_LIMIT);
    access.submit(Actor.guest("10.0.0.1"), "10.0.0.1", 1, () -> 0, () -> "job");
    claim();
    submit(Actor.owner(), 1);
  }

  @Test
  void remembersWhetherGuestsAreWelcome() {
    claim();
    access.guests(OWNER, false);
    access.guests(OWNER, false);
    restart();

    assertThat(access.guests()).isFalse();
    Rule rule = AccessTable.AIRBOX.rule("POST", "/api/v1/jobs").orElseThrow();
    assertThat(access.decide(rule, null, Channel.LAN))
        .isEqualTo(new Decision.Unauthenticated(Role.USER));
    assertThat(audited()).containsOnlyOnce("owner access.guests done");
  }

  @Test
  void keysTellWhenTheyWereUsed() {
    claim();
    NewKey key = key(Role.USER);
    assertThat(access.keys().get(0).lastUsed()).isNull();
    time.pass(Duration.ofMinutes(3));
    access.key(key.secret());
    restart();

    assertThat(access.keys())
        .containsExactly(new KeyUse(key.key(), FakeTime.START.plus(Duration.ofMinutes(3)), 0));
  }

  @Test
  void auditShowsWhatHappened() {
    refusal(() -> access.claim(STRANGER, "00000000", PASSPHRASE.toCharArray()));
    claim();
    refusal(() -> signIn(STRANGER, OTHER));
    signIn(STRANGER, PASSPHRASE);
    NewKey key = key(Role.USER);
    access.revokeKey(OWNER, key.key().id());
    access.reset(SOCKET, true);

    assertThat(audited())
        .containsExactly(
            "local claim.reset done",
            "owner key.revoke done",
            "owner key.add done",
            "owner session.begin done",
            "192.168.1.7 session.begin WRONG_PASSPHRASE",
            "192.168.1.7 claim done",
            "192.168.1.7 claim WRONG_CODE");
    assertThat(access.audit().read(2, null).get(1).before()).contains("user \"a key\"");
  }

  @Test
  void noSecretIsKeptOrPrinted() throws IOException {
    String code = code();
    SignedIn owner = claim();
    NewKey key = key(Role.OWNER);
    SignedIn session = access.signInWithKey(STRANGER, key.secret());
    refusal(() -> access.key(key.secret() + "x"));
    access.close();
    String kept = allThatIsKept();
    open();

    for (String secret :
        List.of(
            code,
            PASSPHRASE,
            owner.token(),
            session.token(),
            key.secret(),
            key.secret().substring(13))) {
      assertThat(kept).doesNotContain(secret);
      assertThat(owner + " " + session + " " + key).doesNotContain(secret);
    }
    try (Stream<Path> files = Files.walk(data)) {
      assertThat(files.filter(file -> !file.equals(data)))
          .allSatisfy(
              file ->
                  assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                      .isEqualTo(Files.isDirectory(file) ? "rwx------" : "rw-------"));
    }
  }
}
