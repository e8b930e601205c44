using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace Launchpad.Shared.Vms;

/// <summary>What a new VM is told for its first boot. Everything but the two keys is constant.</summary>
public static partial class CloudInit
{
    private const string Entry = "/usr/local/sbin/launchpad-vm-entry";

    /// <param name="hostPrivateKeyPem">The VM's own key, so that whoever ordered the VM knows it before the first connection.</param>
    /// <param name="clientPublicKey">The only key that gets in, and only to the entry script.</param>
    /// <param name="heartbeat">What the machine tells of itself and whom; null when nobody takes it.</param>
    public static string UserData(
        string hostPrivateKeyPem, string hostPublicKey, string clientPublicKey, HeartbeatRequest? heartbeat = null)
    {
        RequireKey(hostPublicKey);
        RequireKey(clientPublicKey);
        var values = new Dictionary<string, string>
        {
            ["hostPrivateKey"] = hostPrivateKeyPem,
            ["hostPublicKey"] = hostPublicKey,
            ["authorizedKey"] = $"restrict,command=\"{Entry}\" {clientPublicKey}",
            ["entry"] = Resource("launchpad-vm-entry"),
            ["setup"] = Resource("launchpad-vm-setup"),
            ["sudoers"] = Resource("sudoers"),
            ["sshd"] = Resource("sshd.conf"),
            ["docker"] = Resource("daemon.json"),
            ["caddy"] = Resource("Caddyfile"),
            ["heartbeat"] = heartbeat is null ? "" : JsonSerializer.Serialize(heartbeat, VmJson.Default.HeartbeatRequest),
            ["heart"] = Resource("launchpad-heartbeat"),
            ["heartService"] = Resource("launchpad-heartbeat.service"),
            ["heartTimer"] = Resource("launchpad-heartbeat.timer"),
        };
        return Placeholder().Replace(Resource("cloud-init.yaml"), match => Scalar(values[match.Groups[1].Value]));
    }

    // A JSON string is a double-quoted YAML scalar. The relaxed encoder leaves "+" and quotes of scripts readable.
    private static string Scalar(string value) => $"\"{JavaScriptEncoder.UnsafeRelaxedJsonEscaping.Encode(value)}\"";

    private static void RequireKey(string publicKey)
    {
        if (!PublicKey().IsMatch(publicKey))
        {
            throw new ArgumentException("A public key is one line: type, base64 and perhaps a comment.", nameof(publicKey));
        }
    }

    private static string Resource(string name)
    {
        using var stream = typeof(CloudInit).Assembly.GetManifestResourceStream($"tenant/{name}")
            ?? throw new InvalidOperationException($"The resource tenant/{name} is not in this assembly.");
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }

    // At the end of a line only: the comments speak of ${…} as well.
    [GeneratedRegex(@"(?<=[:-] )\$\{([A-Za-z]+)\}(?=\n)")]
    private static partial Regex Placeholder();

    [GeneratedRegex(@"\A[a-z0-9@.-]+ [A-Za-z0-9+/]+={0,2}(?: [A-Za-z0-9@._-]+)?\z")]
    private static partial Regex PublicKey();
}
