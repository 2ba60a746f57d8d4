package io.airbox.daemon.access;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.security.MessageDigest;
import java.util.random.RandomGenerator;
import org.bouncycastle.crypto.generators.Argon2BytesGenerator;
import org.bouncycastle.crypto.params.Argon2Parameters;

/** By what a passphrase is known again: Argon2id version 1.3 with a salt of its own (RFC 9106). */
final class PassphraseHash {
  private static final String ALGORITHM = "argon2id";
  private static final int SALT_BYTES = 16;
  private static final int HASH_BYTES = 32;

  private final PassphraseCost cost;
  private final byte[] salt;
  private final byte[] hash;

  private PassphraseHash(PassphraseCost cost, byte[] salt, byte[] hash) {
    this.cost = cost;
    this.salt = salt;
    this.hash = hash;
  }

  static PassphraseHash of(Passphrase passphrase, PassphraseCost cost, RandomGenerator random) {
    byte[] salt = new byte[SALT_BYTES];
    random.nextBytes(salt);
    return new PassphraseHash(cost, salt, compute(passphrase.bytes(), cost, salt));
  }

  static byte[] compute(byte[] passphrase, PassphraseCost cost, byte[] salt) {
    Argon2BytesGenerator generator = new Argon2BytesGenerator();
    generator.init(
        new Argon2Parameters.Builder(Argon2Parameters.ARGON2_id)
            .withVersion(Argon2Parameters.ARGON2_VERSION_13)
            .withMemoryAsKB(cost.memoryKib())
            .withIterations(cost.iterations())
            .withParallelism(cost.lanes())
            .withSalt(salt)
            .build());
    byte[] hash = new byte[HASH_BYTES];
    generator.generateBytes(passphrase, hash);
    return hash;
  }

  boolean matches(Passphrase passphrase) {
    return MessageDigest.isEqual(hash, compute(passphrase.bytes(), cost, salt));
  }

  static PassphraseHash read(StateReader file) {
    if (!file.text("algorithm").equals(ALGORITHM)) {
      throw file.damaged("algorithm", "is not " + ALGORITHM);
    }
    int lanes = file.integer("lanes", 1, 16);
    return new PassphraseHash(
        new PassphraseCost(
            file.integer("memory_kib", 8 * lanes, 1 << 20),
            file.integer("iterations", 1, 100),
            lanes),
        file.bytes("salt", SALT_BYTES, SALT_BYTES),
        file.bytes("hash", HASH_BYTES, HASH_BYTES));
  }

  void write(ObjectNode file) {
    file.put("algorithm", ALGORITHM);
    file.put("memory_kib", cost.memoryKib());
    file.put("iterations", cost.iterations());
    file.put("lanes", cost.lanes());
    file.put("salt", Secrets.base64(salt));
    file.put("hash", Secrets.base64(hash));
  }
}
