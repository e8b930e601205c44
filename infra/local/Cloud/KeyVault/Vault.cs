using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text;

namespace Launchpad.Local.KeyVault;

/// <summary>One version of a secret, its value sealed with the vault's key.</summary>
public sealed record SecretVersion(
    string Id, string Sealed, string? ContentType, ImmutableSortedDictionary<string, string>? Tags, bool Enabled,
    long? NotBefore, long? Expires, long Created, long Updated);

/// <summary>A secret with all its versions, oldest first, and since when it is deleted.</summary>
public sealed record Secret(string Name, ImmutableList<SecretVersion> Versions, long? DeletedOn = null)
{
    public SecretVersion Newest => Versions[^1];
}

/// <summary>What can be set on a version; null leaves it as it is.</summary>
public sealed record SecretChange(
    string? ContentType, ImmutableSortedDictionary<string, string>? Tags, bool? Enabled, long? NotBefore, long? Expires);

/// <summary>The secrets of the pocket Key Vault. Values are sealed with AES-GCM under a key file beside the state, bound to their
/// name and version.</summary>
public sealed class Vault
{
    public const int RecoverableDays = 90;
    private const int NonceBytes = 12;
    private const int TagBytes = 16;

    private readonly byte[] _key;
    private readonly TimeProvider _time;

    public Vault(Home home, TimeProvider time)
    {
        _time = time;
        _key = SecretKey.LoadOrCreate(home.KeyPath("keyvault"));
        State = new StateFile<VaultState>(home.StatePath("keyvault"), new VaultState(ImmutableSortedDictionary<string, Secret>.Empty));
        PurgeWhatIsDue();
    }

    internal StateFile<VaultState> State { get; }

    private long Now => _time.GetUtcNow().ToUnixTimeSeconds();

    /// <summary>All secrets by name, deleted ones included.</summary>
    public IEnumerable<Secret> All() => State.Read().Secrets.Values;

    public Secret? Find(string name) => State.Read().Secrets.GetValueOrDefault(Key(name));

    /// <summary>The newest value of a secret that is neither deleted nor disabled.</summary>
    public string? Value(string name) =>
        Find(name) is { DeletedOn: null, Newest: { Enabled: true } newest } secret ? Open(secret.Name, newest) : null;

    /// <summary>Sets a secret that does not exist yet; what is there stays.</summary>
    public void Seed(string name, Func<string> value)
    {
        if (Find(name) is null)
        {
            Set(name, value(), new SecretChange(null, null, null, null, null));
        }
    }

    public Secret Set(string name, string value, SecretChange change)
    {
        var id = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16));
        var now = Now;
        return Change(name, found =>
        {
            RefuseDeleted(found, name);
            // The name keeps the spelling it was created with: the seal is bound to it.
            var secret = found ?? new Secret(name, []);
            var version = new SecretVersion(
                id, Seal(secret.Name, id, value), change.ContentType, change.Tags, change.Enabled ?? true,
                change.NotBefore, change.Expires, Created: now, Updated: now);
            return secret with { Versions = secret.Versions.Add(version) };
        })!;
    }

    public Secret Update(string name, string? version, SecretChange change) => Change(name, found =>
    {
        var secret = Live(found, name);
        var old = Version(secret, version);
        return secret with
        {
            Versions = secret.Versions.Replace(old, old with
            {
                ContentType = change.ContentType ?? old.ContentType,
                Tags = change.Tags ?? old.Tags,
                Enabled = change.Enabled ?? old.Enabled,
                NotBefore = change.NotBefore ?? old.NotBefore,
                Expires = change.Expires ?? old.Expires,
                Updated = Now,
            }),
        };
    })!;

    public Secret Delete(string name) => Change(name, found => Live(found, name) with { DeletedOn = Now })!;

    public Secret Recover(string name) => Change(name, found => Deleted(found, name) with { DeletedOn = null })!;

    public void Purge(string name) => Change(name, found =>
    {
        _ = Deleted(found, name);
        return null;
    });

    public Secret Restore(Secret backup) => Change(backup.Name, found =>
    {
        RefuseDeleted(found, backup.Name);
        return found is null ? backup : throw VaultException.Conflict($"There is already a secret named {backup.Name}.", null);
    })!;

    public string Open(string name, SecretVersion version)
    {
        var bytes = Convert.FromBase64String(version.Sealed);
        var plain = new byte[bytes.Length - NonceBytes - TagBytes];
        using var cipher = new AesGcm(_key, TagBytes);
        var (nonce, text, tag) = Split(bytes);
        cipher.Decrypt(nonce.Span, text.Span, tag.Span, plain, Binding(name, version.Id));
        return Encoding.UTF8.GetString(plain);
    }

    public static Secret Live(Secret? found, string name) => found is { DeletedOn: null } ? found : throw VaultException.NotFound(name);

    public static Secret Deleted(Secret? found, string name) =>
        found is { DeletedOn: not null } ? found : throw VaultException.NotFound(name);

    public static SecretVersion Version(Secret secret, string? version) =>
        string.IsNullOrEmpty(version)
            ? secret.Newest
            : secret.Versions.Find(one => one.Id == version) ?? throw VaultException.NotFound(secret.Name + "/" + version);

    private static void RefuseDeleted(Secret? found, string name)
    {
        if (found?.DeletedOn is not null)
        {
            throw VaultException.Conflict(
                $"Secret {name} is currently in a deleted but recoverable state, and its name cannot be reused; "
                + "in this state, the secret can only be recovered or purged.",
                "ObjectIsDeletedButRecoverable");
        }
    }

    private static (Memory<byte> Nonce, Memory<byte> Text, Memory<byte> Tag) Split(byte[] bytes) =>
        (bytes.AsMemory(0, NonceBytes), bytes.AsMemory(NonceBytes..^TagBytes), bytes.AsMemory(^TagBytes..));

    private static byte[] Binding(string name, string version) => Encoding.UTF8.GetBytes(name + "/" + version);

    private static string Key(string name) => name.ToLowerInvariant();

    private Secret? Change(string name, Func<Secret?, Secret?> change)
    {
        Secret? changed = null;
        State.Update(state =>
        {
            changed = change(state.Secrets.GetValueOrDefault(Key(name)));
            return new VaultState(changed is null ? state.Secrets.Remove(Key(name)) : state.Secrets.SetItem(Key(name), changed));
        });
        return changed;
    }

    private void PurgeWhatIsDue()
    {
        var due = _time.GetUtcNow().AddDays(-RecoverableDays).ToUnixTimeSeconds();
        State.Update(state => state.Secrets.Values.Any(secret => secret.DeletedOn < due)
            ? new VaultState(state.Secrets.RemoveRange(state.Secrets.Where(pair => pair.Value.DeletedOn < due).Select(pair => pair.Key)))
            : state);
    }

    private string Seal(string name, string version, string value)
    {
        var plain = Encoding.UTF8.GetBytes(value);
        var bytes = new byte[NonceBytes + plain.Length + TagBytes];
        var (nonce, text, tag) = Split(bytes);
        RandomNumberGenerator.Fill(nonce.Span);
        using var cipher = new AesGcm(_key, TagBytes);
        cipher.Encrypt(nonce.Span, plain, text.Span, tag.Span, Binding(name, version));
        return Convert.ToBase64String(bytes);
    }

    internal sealed record VaultState(ImmutableSortedDictionary<string, Secret> Secrets);
}

/// <summary>A refusal in the words of Key Vault.</summary>
public sealed class VaultException(int status, string code, string message, string? innerCode = null) : Exception(message)
{
    public int Status { get; } = status;
    public string Code { get; } = code;
    public string? InnerCode { get; } = innerCode;

    public static VaultException NotFound(string name) => new(
        404, "SecretNotFound",
        $"A secret with (name/id) {name} was not found in this key vault. "
        + "If you recently deleted this secret you may be able to recover it using the correct recovery command.");

    public static VaultException Conflict(string message, string? innerCode) => new(409, "Conflict", message, innerCode);

    public static VaultException BadParameter(string message) => new(400, "BadParameter", message);
}
