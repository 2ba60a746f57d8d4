package io.airbox.daemon.tls;

import io.airbox.daemon.pictures.StorageReason;
import io.airbox.daemon.storage.DurableFiles;
import io.airbox.daemon.tls.CertificateDescription.Source;
import io.airbox.daemon.tls.TlsException.Reason;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.security.interfaces.ECPrivateKey;
import java.security.interfaces.ECPublicKey;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.tinylog.Logger;

/**
 * The box's TLS identity, kept in three files of one private folder:
 *
 * <ul>
 *   <li>{@value #KEY}: the box's own key, EC P-256 as PKCS#8, made once and never changed;
 *   <li>{@value #CERTIFICATE}: the self-signed certificate for it, made again by {@link #follow}
 *       when the box has got a name or address that it lacks, or when its time runs out;
 *   <li>{@value #UPLOADED}: the owner's key and chain, in one file so that a power cut leaves the
 *       old pair or the new one and never half of each. While it is there, it is served.
 * </ul>
 *
 * <p>Clients remember the key, so it never changes by itself. When a kept key (or an uploaded pair)
 * cannot be read or is not what was written, there is no identity and {@link #whyOff} tells the
 * file and the remedy: the daemon goes on without TLS, and is mended on the box itself. An uploaded
 * chain that runs out is served on with a warning: changing to another key would look like an
 * attack to every client that trusts the chain's authority.
 *
 * <p>Thread-safe. Everything but {@link #identity}, {@link #whyOff} and {@link #description} blocks
 * for file access.
 */
public final class BoxTls {
  static final String KEY = "tls-key.pem";
  static final String CERTIFICATE = "tls-certificate.pem";
  static final String UPLOADED = "tls-uploaded.pem";

  /** When so little is left, an own certificate is made again and an uploaded one warned about. */
  static final Duration RUNNING_OUT = Duration.ofDays(30);

  private static final Set<PosixFilePermission> PRIVATE =
      PosixFilePermissions.fromString("rw-------");

  private final Path folder;
  private final InetNames machine;
  private final List<String> configured;
  private final InstantSource clock;

  private volatile State state = new State(null, "TLS is not started");

  /** New names that the last look saw; acted on when the next one sees them too. */
  private Set<String> seenOnce = Set.of();

  /** Names that the box is about to have. */
  private List<String> expected = List.of();

  /** Either an identity or the reason why there is none. */
  private record State(@Nullable TlsIdentity identity, @Nullable String off) {}

  private BoxTls(Path folder, InetNames machine, List<String> configured, InstantSource clock) {
    this.folder = folder;
    this.machine = machine;
    this.configured = configured.stream().map(CertificateNames::checked).toList();
    this.clock = clock;
  }

  /**
   * Takes up what is kept, or makes it. Never fails for what it finds on the disk; ask {@link
   * #whyOff}.
   *
   * @param folder made if it is not there, for this user alone
   * @param configured names and addresses that the certificate has besides those of the machine
   * @throws IllegalArgumentException a configured name is neither a DNS name nor an address
   */
  public static BoxTls open(
      Path folder, InetNames machine, List<String> configured, InstantSource clock) {
    BoxTls tls = new BoxTls(folder, machine, configured, clock);
    tls.load();
    return tls;
  }

  /** What to serve TLS with; empty when {@link #whyOff} says why not. */
  public Optional<TlsIdentity> identity() {
    return Optional.ofNullable(state.identity());
  }

  /** Why there is no identity, with the file and the remedy; empty when there is one. */
  public Optional<String> whyOff() {
    return Optional.ofNullable(state.off());
  }

  /** What is served, for everybody's eyes; empty when there is no identity. */
  public Optional<CertificateDescription> description() {
    return identity().map(identity -> describe(identity, clock.instant()));
  }

  /**
   * Looks whether the own certificate has to be made again, and does so. To be called each minute:
   * a new name counts when two looks in a row see it, for addresses come and go while a network
   * starts. A name that went away stays until something else is new, since a certificate that
   * changes makes browsers ask again. Without an identity this tries to take it up again.
   *
   * @return whether {@link #identity} gives another one than before
   */
  public synchronized boolean follow() {
    TlsIdentity current = state.identity();
    if (current == null) {
      load();
      return state.identity() != null;
    }
    if (current.source() == Source.UPLOADED) {
      return false;
    }
    InetNames.Snapshot now = machine.read();
    List<String> wanted = wanted(now);
    Set<String> missing = missing(current.leaf(), wanted);
    boolean due = !timely(current.leaf()) || (!missing.isEmpty() && missing.equals(seenOnce));
    seenOnce = missing;
    if (!due) {
      return false;
    }
    TlsIdentity next = certify((ECPrivateKey) current.privateKey(), now, wanted);
    state = new State(next, null);
    return true;
  }

  /**
   * Makes the own certificate name what the box has now and is about to have, at once: whoever
   * changes the network must find the box under its new address with a certificate for it. To be
   * called again while addresses come up, and with an empty list when the change is over.
   *
   * @param names addresses and host names; what is neither is left out
   * @return whether {@link #identity} gives another one than before
   */
  public synchronized boolean expect(Collection<String> names) {
    expected = names.stream().flatMap(name -> CertificateNames.known(name).stream()).toList();
    TlsIdentity current = state.identity();
    if (expected.isEmpty() || current == null || current.source() == Source.UPLOADED) {
      return false;
    }
    InetNames.Snapshot now = machine.read();
    List<String> wanted = wanted(now);
    if (missing(current.leaf(), wanted).isEmpty()) {
      return false;
    }
    state = new State(certify((ECPrivateKey) current.privateKey(), now, wanted), null);
    return true;
  }

  private List<String> wanted(InetNames.Snapshot now) {
    List<String> more = new ArrayList<>(configured);
    more.addAll(expected);
    return CertificateNames.of(now, more);
  }

  /**
   * Serves an uploaded chain from now on; see {@link UploadedChain} for what is refused. Whoever
   * serves TLS takes {@link #identity} anew.
   *
   * @param chain certificates in PEM, in any order
   * @param key the leaf's private key in PEM, not encrypted
   * @throws TlsException {@code CHAIN_REFUSED}, {@code KEY_REFUSED} or {@code STORAGE_FAULT}
   */
  public synchronized CertificateDescription install(String chain, String key) {
    TlsIdentity next = UploadedChain.read(chain, key, clock.instant());
    try {
      DurableFiles.createFolder(folder);
      write(
          folder.resolve(UPLOADED),
          Pem.write(Pem.PRIVATE_KEY, next.privateKey().getEncoded())
              + TlsIdentity.pem(next.chain()));
    } catch (IOException failure) {
      throw storageFault(failure);
    }
    return serve(next);
  }

  /**
   * Goes back to the box's own certificate and forgets the uploaded chain with its key. Without an
   * uploaded one this changes nothing.
   *
   * @throws TlsException {@code DAMAGED}: the own key is not to be used; {@code STORAGE_FAULT}
   */
  public synchronized CertificateDescription reset() {
    try {
      DurableFiles.createFolder(folder);
      TlsIdentity own = own();
      if (Files.deleteIfExists(folder.resolve(UPLOADED))) {
        DurableFiles.flushFolder(folder);
      }
      return serve(own);
    } catch (IOException failure) {
      throw storageFault(failure);
    }
  }

  private CertificateDescription serve(TlsIdentity next) {
    state = new State(next, null);
    seenOnce = Set.of();
    return describe(next, clock.instant());
  }

  private synchronized void load() {
    try {
      DurableFiles.createFolder(folder);
      for (String name : List.of(KEY, CERTIFICATE, UPLOADED)) {
        Files.deleteIfExists(folder.resolve(name + DurableFiles.UNFINISHED));
      }
      Path uploaded = folder.resolve(UPLOADED);
      state = new State(Files.exists(uploaded) ? readUploaded(uploaded) : own(), null);
    } catch (TlsException unusable) {
      state = new State(null, unusable.getMessage());
    } catch (IOException failure) {
      state = new State(null, storageFault(failure).getMessage());
    }
  }

  /**
   * The box's own identity: from the disk, or made.
   *
   * @throws TlsException {@code DAMAGED}: the kept key is not to be used, and no other is made
   */
  private TlsIdentity own() throws IOException {
    Path file = folder.resolve(KEY);
    ECPrivateKey key;
    if (Files.exists(file)) {
      key = readKey(file);
    } else if (Files.exists(folder.resolve(CERTIFICATE))) {
      throw damaged(file, "is missing, though " + CERTIFICATE + " beside it was made with it");
    } else {
      key = OwnKey.generate();
      write(file, Pem.write(Pem.PRIVATE_KEY, key.getEncoded()));
    }
    InetNames.Snapshot now = machine.read();
    List<String> wanted = CertificateNames.of(now, configured);
    TlsIdentity kept = readOwn(key);
    if (kept != null && timely(kept.leaf()) && missing(kept.leaf(), wanted).isEmpty()) {
      return kept;
    }
    return certify(key, now, wanted);
  }

  /** A new certificate for the key. One that cannot be kept is used all the same. */
  private TlsIdentity certify(ECPrivateKey key, InetNames.Snapshot now, List<String> names) {
    X509Certificate certificate =
        OwnCertificate.make(key, CertificateNames.host(now.hostName()), names, clock.instant());
    try {
      write(folder.resolve(CERTIFICATE), TlsIdentity.pem(List.of(certificate)));
    } catch (IOException failure) {
      Logger.warn(
          "the certificate is used but could not be kept: {}", storageFault(failure).getMessage());
    }
    return new TlsIdentity(Source.OWN, key, List.of(certificate));
  }

  private ECPrivateKey readKey(Path file) throws IOException {
    protect(file);
    try {
      List<Pem.Block> blocks = Pem.read(text(file));
      if (blocks.size() == 1 && blocks.get(0).label().equals(Pem.PRIVATE_KEY)) {
        return OwnKey.read(blocks.get(0).der());
      }
    } catch (IllegalArgumentException | GeneralSecurityException e) {
      Logger.debug("{}: {}", file, e.getClass().getSimpleName());
    }
    throw damaged(file, "is not one EC P-256 key as PKCS#8 in PEM");
  }

  /** The kept own certificate; null when it is not there or not to be used. */
  private @Nullable TlsIdentity readOwn(PrivateKey key) throws IOException {
    Path file = folder.resolve(CERTIFICATE);
    if (!Files.exists(file)) {
      return null;
    }
    try {
      return new TlsIdentity(Source.OWN, key, certificates(Pem.read(text(file))));
    } catch (IllegalArgumentException | GeneralSecurityException e) {
      Logger.warn("{} is damaged ({}); it is made again with the same key", file, e.getMessage());
      return null;
    }
  }

  private TlsIdentity readUploaded(Path file) throws IOException {
    protect(file);
    try {
      List<Pem.Block> blocks = Pem.read(text(file));
      if (!blocks.isEmpty() && blocks.get(0).label().equals(Pem.PRIVATE_KEY)) {
        List<X509Certificate> chain = certificates(blocks.subList(1, blocks.size()));
        PrivateKey key =
            TlsIdentity.privateKey(chain.get(0).getPublicKey().getAlgorithm(), blocks.get(0).der());
        return new TlsIdentity(Source.UPLOADED, key, chain);
      }
    } catch (IllegalArgumentException | GeneralSecurityException e) {
      Logger.debug("{}: {}", file, e.getClass().getSimpleName());
    }
    throw new TlsException(
        Reason.DAMAGED,
        file
            + ", the uploaded key and chain, is damaged. On the box itself, install it again with"
            + " `airbox certificate install`, or go back to the box's own with"
            + " `airbox certificate reset`");
  }

  private static List<X509Certificate> certificates(List<Pem.Block> blocks)
      throws GeneralSecurityException {
    List<X509Certificate> certificates = new ArrayList<>();
    for (Pem.Block block : blocks) {
      if (!block.label().equals(Pem.CERTIFICATE)) {
        throw new IllegalArgumentException("it holds a " + block.label());
      }
      certificates.add(TlsIdentity.certificate(block.der()));
    }
    if (certificates.isEmpty()) {
      throw new IllegalArgumentException("it holds no certificate");
    }
    return certificates;
  }

  private static Set<String> missing(X509Certificate certificate, List<String> wanted) {
    Set<String> missing = new HashSet<>(wanted);
    missing.removeAll(CertificateNames.in(certificate));
    return missing;
  }

  /**
   * Whether a client with the right time accepts an own certificate for a while. By a clock that
   * was ahead a certificate can have been made that is not valid yet.
   */
  private boolean timely(X509Certificate certificate) {
    Instant now = clock.instant();
    return !now.isBefore(certificate.getNotBefore().toInstant())
        && now.plus(RUNNING_OUT).isBefore(certificate.getNotAfter().toInstant());
  }

  private static CertificateDescription describe(TlsIdentity identity, Instant now) {
    X509Certificate leaf = identity.leaf();
    return new CertificateDescription(
        identity.source(),
        CertificateNames.in(leaf),
        leaf.getNotBefore().toInstant(),
        leaf.getNotAfter().toInstant(),
        Fingerprint.ofCertificate(leaf),
        Fingerprint.ofPublicKey(leaf),
        TlsIdentity.pem(identity.chain()),
        warnings(identity, now));
  }

  private static List<String> warnings(TlsIdentity identity, Instant now) {
    if (identity.source() == Source.OWN) {
      return List.of();
    }
    List<String> warnings = new ArrayList<>();
    for (X509Certificate certificate : identity.chain()) {
      Instant end = certificate.getNotAfter().toInstant();
      if (now.plus(RUNNING_OUT).isAfter(end)) {
        String subject = UploadedChain.subject(certificate);
        warnings.add(
            now.isAfter(end)
                ? "the certificate of "
                    + subject
                    + " expired on "
                    + end
                    + ", clients refuse it: install a new one with `airbox certificate install`"
                : "the certificate of " + subject + " expires on " + end + "; renew it in time");
      }
    }
    if (identity.leaf().getPublicKey() instanceof ECPublicKey key
        && Curve.of(key).equals(Optional.of(Curve.P_521))) {
      warnings.add("the certificate's key is on P-521, which Chrome and Edge refuse; use P-256");
    }
    return warnings;
  }

  private static String text(Path file) throws IOException {
    return Files.readString(file, StandardCharsets.ISO_8859_1);
  }

  private static void write(Path file, String pem) throws IOException {
    DurableFiles.replace(file, pem.getBytes(StandardCharsets.US_ASCII));
  }

  /** A key that others on the machine may read is closed to them, and its owner told. */
  private static void protect(Path file) throws IOException {
    Set<PosixFilePermission> found = Files.getPosixFilePermissions(file);
    if (!PRIVATE.containsAll(found)) {
      Files.setPosixFilePermissions(file, PRIVATE);
      Logger.warn(
          "{} holds a private key and had the permissions {}; now it has {}. If others use this"
              + " machine, they may have read the key",
          file,
          PosixFilePermissions.toString(found),
          PosixFilePermissions.toString(PRIVATE));
    }
  }

  private TlsException damaged(Path file, String what) {
    return new TlsException(
        Reason.DAMAGED,
        file
            + " "
            + what
            + ". The box does not make another key by itself, for clients know it by this one. Put"
            + " the file back from a backup; or, to give the box a new identity, move "
            + KEY
            + " and "
            + CERTIFICATE
            + " out of "
            + folder
            + " and tell those who use it the new fingerprint");
  }

  private TlsException storageFault(IOException failure) {
    return new TlsException(
        Reason.STORAGE_FAULT,
        folder
            + " cannot be read or written ("
            + StorageReason.of(failure)
            + "); are its owner and the room on its file system right?",
        failure);
  }
}
