namespace Launchpad.Vm;

/// <summary>Where a deployment lives on the VM. Its id is checked before it becomes part of a path.</summary>
internal sealed record Paths(string Folder, string Secrets)
{
    public const string Root = "/var/lib/launchpad";
    public const string Memory = "/run/launchpad";

    public string State => $"{Folder}/state.json";
    public string Image => $"{Folder}/volume.img";

    /// <summary>The volume as it was when a new version took its place.</summary>
    public string Kept => $"{Folder}/volume.kept";

    /// <summary>A backup that was fetched and is whole. Between two steps of making it the volume: the volume that was there.</summary>
    public string Fetched => $"{Folder}/volume.fetched";

    /// <summary>What a restore is just making.</summary>
    public string FetchImage => $"{Folder}/fetch.img";
    public string FetchMount => $"{Folder}/fetch";

    /// <summary>What a backup is just made of.</summary>
    public string CopyImage => $"{Folder}/copy.img";
    public string CopyMount => $"{Folder}/copy";

    /// <summary>Encrypted archives, by their backups' ids.</summary>
    public string Backups => $"{Folder}/backups";
    public string Alarm => $"{Folder}/alarm";

    /// <summary>What opens the one backup that a restore is at; in memory only.</summary>
    public string Identity => $"{Memory}/{Path.GetFileName(Folder)}.identity";
    public string Mount => $"{Folder}/volume";

    /// <summary>
    /// Inside the mounted volume, not its root: after a reboot, when nothing is mounted yet, the path is absent and Docker refuses to
    /// start the container, instead of letting it write to the VM's own disk.
    /// </summary>
    public string Data => $"{Mount}/data";
    public string Hosts => $"{Folder}/hosts";
    public string SecretsVersion => $"{Secrets}.version";

    public static Paths Of(string deployment) => new($"{Root}/{deployment}", $"{Memory}/{deployment}/secrets");
}
