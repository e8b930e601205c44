using System.Diagnostics;

namespace Renci.SshNet.OpenSsh;

/// <summary>How an ssh process is started: from an argument list, reading no configuration, inheriting nothing.</summary>
internal static class Program
{
    private const string Ssh = "/usr/bin/ssh";

    /// <summary>Options that hold for every process: nothing is asked, nothing is forwarded, no file of the user is read.</summary>
    private static readonly string[] s_always =
    [
        "BatchMode=yes", "LogLevel=ERROR", "StrictHostKeyChecking=yes", "UserKnownHostsFile=none", "GlobalKnownHostsFile=none",
        "CheckHostIP=no", "UpdateHostKeys=no", "VerifyHostKeyDNS=no", "IdentitiesOnly=yes", "IdentityAgent=none", "AddKeysToAgent=no",
        "PasswordAuthentication=no", "KbdInteractiveAuthentication=no", "GSSAPIAuthentication=no", "HostbasedAuthentication=no",
        "PreferredAuthentications=publickey", "ForwardAgent=no", "ForwardX11=no", "ClearAllForwardings=yes", "PermitLocalCommand=no",
        "CanonicalizeHostname=no", "ControlPersist=no", "EscapeChar=none", "RequestTTY=no", "EnableEscapeCommandline=no",
    ];

    public static ProcessStartInfo Create(IEnumerable<string> arguments)
    {
        ProcessStartInfo start = new(Ssh)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = "/",
        };
        start.Environment.Clear();
        start.Environment["LC_ALL"] = "C";
        start.Environment["PATH"] = "/usr/bin:/bin";
        start.ArgumentList.Add("-F");
        start.ArgumentList.Add("none");
        foreach (var argument in s_always.SelectMany(Option).Concat(arguments))
        {
            start.ArgumentList.Add(argument);
        }

        return start;
    }

    public static IEnumerable<string> Option(string option) => ["-o", option];

    public static Process Start(IEnumerable<string> arguments) =>
        Process.Start(Create(arguments)) ?? throw new InvalidOperationException("ssh did not start.");
}
