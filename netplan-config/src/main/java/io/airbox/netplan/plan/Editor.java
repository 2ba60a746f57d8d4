package io.airbox.netplan.plan;

/**
 * A program beside this one that writes the files of a plan.
 *
 * @param program its name
 * @param files what it writes, as {@code /etc/netplan/01-netcfg.yaml}
 * @param evidence the path that shows it is there
 * @param advice how to live with it
 */
public record Editor(String program, String files, String evidence, String advice) {}
