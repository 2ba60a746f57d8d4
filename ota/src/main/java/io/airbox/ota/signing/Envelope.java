package io.airbox.ota.signing;

import io.airbox.ota.UpdateException;
import io.airbox.ota.UpdateException.Reason;
import io.airbox.ota.document.StrictJson;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Bytes of a stated type and signatures of both, after DSSE 1.0.2. The bytes are signed as they are
 * and never written anew.
 */
public final class Envelope {
  /** Longest envelope that is read, in bytes; Base64 makes a payload a third longer. */
  public static final int LONGEST = 2 << 20;

  /** Most signatures that are looked at: each costs a verification. */
  private static final int MOST_SIGNATURES = 32;

  private final String payloadType;
  private final byte[] payload;
  private final List<Signed> signatures;

  /** A signature and the id of the key that is said to have made it. */
  private static final class Signed {
    private final String keyid;
    private final byte[] sig;

    Signed(String keyid, byte[] sig) {
      this.keyid = keyid;
      this.sig = sig;
    }

    String keyid() {
      return keyid;
    }
  }

  /** The file's form. */
  private record Form(
      @Nullable String payload,
      @Nullable String payloadType,
      @Nullable List<SignedForm> signatures) {}

  private record SignedForm(@Nullable String keyid, @Nullable String sig) {}

  private Envelope(String payloadType, byte[] payload, List<Signed> signatures) {
    this.payloadType = payloadType;
    this.payload = payload;
    this.signatures = List.copyOf(signatures);
  }

  /** Bytes that nobody has signed yet. */
  public static Envelope of(String payloadType, byte[] payload) {
    return new Envelope(payloadType, payload.clone(), List.of());
  }

  /**
   * Reads a file. Its signatures are not looked at yet.
   *
   * @throws UpdateException {@code MALFORMED}
   */
  public static Envelope parse(byte[] json) {
    Form form = StrictJson.read(json, Form.class, "the signed document", LONGEST);
    String type = StrictJson.required(form.payloadType, "/payloadType");
    byte[] payload = base64(form.payload, "/payload");
    List<SignedForm> given = StrictJson.required(form.signatures, "/signatures");
    StrictJson.require(
        given.size() <= MOST_SIGNATURES,
        "/signatures",
        given.size() + " of them",
        "may be " + MOST_SIGNATURES + " at most");
    List<Signed> signatures = new ArrayList<>();
    for (int i = 0; i < given.size(); i++) {
      String at = "/signatures/" + i;
      SignedForm each = StrictJson.required(given.get(i), at);
      signatures.add(
          new Signed(
              StrictJson.required(each.keyid, at + "/keyid"), base64(each.sig, at + "/sig")));
    }
    return new Envelope(type, payload, signatures);
  }

  /**
   * Reads a file that messages name.
   *
   * @param place path or address of the file
   * @throws UpdateException {@code MALFORMED}
   */
  public static Envelope parse(byte[] json, String place) {
    try {
      return parse(json);
    } catch (UpdateException e) {
      throw e.of(place);
    }
  }

  private static byte[] base64(@Nullable String text, String pointer) {
    try {
      return Base64.getDecoder().decode(StrictJson.required(text, pointer));
    } catch (IllegalArgumentException e) {
      throw new UpdateException(Reason.MALFORMED, pointer + " is not Base64: " + e.getMessage(), e);
    }
  }

  /** The file. */
  public byte[] json() {
    Base64.Encoder base64 = Base64.getEncoder();
    return StrictJson.write(
        new Form(
            base64.encodeToString(payload),
            payloadType,
            signatures.stream()
                .map(each -> new SignedForm(each.keyid, base64.encodeToString(each.sig)))
                .toList()));
  }

  /** The same with one more signature; one that this key made before is replaced. */
  public Envelope signedBy(SigningKey key) {
    String id = key.verificationKey().id();
    List<Signed> more = new ArrayList<>(signatures);
    more.removeIf(each -> each.keyid.equals(id));
    more.add(new Signed(id, key.sign(encoding(payloadType, payload))));
    return new Envelope(payloadType, payload, more);
  }

  /** What the bytes are, as signed. */
  public String payloadType() {
    return payloadType;
  }

  /** Ids of the keys that are said to have signed; {@link #verified} tells which did. */
  public List<String> signers() {
    return signatures.stream().map(Signed::keyid).toList();
  }

  /** The bytes, as signed. */
  public byte[] payload() {
    return payload.clone();
  }

  /**
   * The bytes, when enough of these keys signed them.
   *
   * @param type what they have to be
   * @param keys whose signatures count, each once
   * @param threshold how many of them are needed
   * @param whose for messages: {@code the release keys of acme}
   * @throws UpdateException {@code WRONG_TYPE}, {@code UNKNOWN_KEY}, {@code BAD_SIGNATURE}, {@code
   *     TOO_FEW_SIGNATURES}
   */
  public byte[] verified(
      String type, Collection<VerificationKey> keys, int threshold, String whose) {
    if (!payloadType.equals(type)) {
      throw new UpdateException(
          Reason.WRONG_TYPE, "the signed document is " + payloadType + ", wanted is " + type);
    }
    Set<String> known = new HashSet<>();
    Set<VerificationKey> good = new LinkedHashSet<>();
    byte[] signed = encoding(payloadType, payload);
    for (VerificationKey key : new LinkedHashSet<>(keys)) {
      String id = key.id();
      for (Signed signature : signatures) {
        if (signature.keyid.equals(id)) {
          known.add(id);
          if (key.verifies(signed, signature.sig)) {
            good.add(key);
          }
        }
      }
    }
    if (good.size() >= threshold) {
      return payload.clone();
    }
    if (known.isEmpty()) {
      throw new UpdateException(
          Reason.UNKNOWN_KEY,
          signatures.isEmpty()
              ? "nobody signed it"
              : "it is signed by "
                  + String.join(", ", signers())
                  + ", none of which is among "
                  + whose);
    }
    if (good.size() < known.size()) {
      throw new UpdateException(
          Reason.BAD_SIGNATURE,
          "a signature by one of " + whose + " does not belong to these bytes: they were changed");
    }
    throw new UpdateException(
        Reason.TOO_FEW_SIGNATURES,
        good.size() + " of " + whose + " signed it, " + threshold + " have to");
  }

  /**
   * What is signed: DSSE's pre-authentication encoding, "DSSEv1", the type's length and text, the
   * bytes' length and they themselves, with a space between.
   */
  static byte[] encoding(String type, byte[] payload) {
    byte[] typeBytes = type.getBytes(StandardCharsets.UTF_8);
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.writeBytes(("DSSEv1 " + typeBytes.length + " ").getBytes(StandardCharsets.US_ASCII));
    out.writeBytes(typeBytes);
    out.writeBytes((" " + payload.length + " ").getBytes(StandardCharsets.US_ASCII));
    out.writeBytes(payload);
    return out.toByteArray();
  }
}
