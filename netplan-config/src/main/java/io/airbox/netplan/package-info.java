/**
 * Network settings that cannot lock their owner out: model, netplan documents, checks, staged apply
 * with confirm and revert.
 *
 * <p>Packages, each knowing only those before it: {@code settings} (immutable records), {@code
 * check} (findings and what netplan lets through), {@code yaml} (text edits that leave the rest of
 * a file alone), {@code document} (netplan's files: merge, reading), {@code edit} (wanted settings
 * as the least change of their text), {@code preset}, {@code plan} (what a change would do).
 * Nothing here touches {@code /etc}: a plan holds bytes, and the staged apply writes them.
 */
@NullMarked
package io.airbox.netplan;

import org.jspecify.annotations.NullMarked;
