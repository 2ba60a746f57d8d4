package io.airbox.generation.prompt;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Prompt syntax of other programs that has no meaning here. References to extra networks are taken
 * out; what switches or mixes prompts is read as ordinary words. Each is told, so that nobody
 * believes that it worked.
 *
 * @param prompt the prompt without them
 * @param notes a clause each: {@code "<lora:x:1> was taken out: …"}
 */
record ForeignSyntax(String prompt, List<String> notes) {
  private static final Pattern NETWORK =
      Pattern.compile("<\\s*(lora|lyco|hypernet)\\s*:[^<>]*>", Pattern.CASE_INSENSITIVE);
  private static final String PLAIN = "[^\\[\\]\\\\]*";
  private static final Pattern SCHEDULED =
      Pattern.compile(
          "(?<!\\\\)\\[(" + PLAIN + "\\|" + PLAIN + "|" + PLAIN + ":\\s*\\d*\\.?\\d+\\s*)\\]");
  private static final Pattern AND = Pattern.compile("(?<=\\s)AND(?=\\s)");

  ForeignSyntax {
    notes = List.copyOf(notes);
  }

  /** Looks through a prompt. */
  static ForeignSyntax strip(String prompt) {
    List<String> notes = new ArrayList<>();
    String text =
        NETWORK
            .matcher(prompt)
            .replaceAll(
                found -> {
                  notes.add(
                      found.group()
                          + " was taken out: extra networks are part of a pack here, not of a prompt");
                  return "";
                });
    text =
        SCHEDULED
            .matcher(text)
            .replaceAll(
                found -> {
                  notes.add(
                      found.group()
                          + " was read as ordinary words: prompts that change between steps are not supported");
                  return Matcher.quoteReplacement("\\[" + found.group(1) + "\\]");
                });
    if (AND.matcher(text).find()) {
      notes.add("AND was read as an ordinary word: composed prompts are not supported");
    }
    return new ForeignSyntax(text, notes);
  }
}
