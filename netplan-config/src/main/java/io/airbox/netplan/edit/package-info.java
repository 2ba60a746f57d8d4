/**
 * Edits of netplan's files as text: what an edit does not name keeps its bytes, and what it
 * displaces is kept in the file for the way back.
 *
 * <p>{@link io.airbox.netplan.edit.SettingsEdit} turns wanted settings into edits; {@link
 * io.airbox.netplan.edit.WayBack} is the memory. Nothing here touches a file system.
 */
@NullMarked
package io.airbox.netplan.edit;

import org.jspecify.annotations.NullMarked;
