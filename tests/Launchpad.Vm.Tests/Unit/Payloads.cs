namespace Launchpad.Vm.Tests.Unit;

/// <summary>What attackers type. Every field must refuse it or carry it as plain data.</summary>
public static class Payloads
{
    public static readonly string[] All =
    [
        "; touch /tmp/canary", "| touch /tmp/canary", "& touch /tmp/canary", "$(touch /tmp/canary)", "`touch /tmp/canary`",
        "a\ntouch /tmp/canary", "a\rb", "a\0b", "' or 1", "\" or 1", "> /tmp/canary", "< /etc/shadow", "*", "~root", "-v", "--privileged",
        "-oProxyCommand=touch /tmp/canary", "--upload-pack=touch", "../../etc/shadow", "/etc/shadow", "%00", "%2e%2e%2f", "a/../b", ".",
        "..", "", " ", "a b", "\u202e", "\u2215etc", "\uff0d\uff0dprivileged", "\u001b[31m", "{{.}}", "${HOME}", "\\x", "a\n", "é",
        new string('a', 5000),
    ];
}
