using Microsoft.Extensions.Options;

namespace Launchpad.Shared.Images;

/// <param name="Digest">Null where no trusted key signed it.</param>
/// <param name="Key">The SHA-256 of the public key that signed it; null where none of ours did.</param>
/// <param name="Refusal">Why no bot would be brought on it; null where one can be.</param>
public sealed record Release(string Tag, string? Digest, string? Key, string? Refusal);

/// <summary>The images that the registry offers, each looked at as it would be before it ran. What was found is kept for a while: many may
/// ask, and none of them waits for the registry because another does.</summary>
public sealed class ReleaseCatalog(RegistryClient registry, ImageVerifier verifier, IOptions<ImageOptions> options, TimeProvider clock)
{
    private const int ReleasesMax = 50;
    private const int AtOnce = 4;
    private static readonly TimeSpan Lifetime = TimeSpan.FromMinutes(1);

    private readonly Lock gate = new();
    private (Task<IReadOnlyList<Release>> Releases, long At)? known;

    /// <summary>The operator's first, the others by name, newest first as names go.</summary>
    /// <exception cref="ImageRejectedException">When the registry does not answer.</exception>
    public Task<IReadOnlyList<Release>> ListAsync(CancellationToken ct)
    {
        lock (gate)
        {
            if (known is not { } last || last.Releases.IsFaulted || clock.GetElapsedTime(last.At) > Lifetime)
            {
                known = last = (LookAsync(), clock.GetTimestamp());
            }

            return last.Releases.WaitAsync(ct);
        }
    }

    /// <summary>Looked at anew: what the registry has now, and whose signature is on it.</summary>
    public async Task<Release> LookAsync(string tag, CancellationToken ct)
    {
        try
        {
            var image = await verifier.ResolveAsync(options.Value.Repository, tag, ct);
            return new(tag, image.Digest, image.Signer, null);
        }
        catch (ImageRejectedException refused) when (!refused.Retryable)
        {
            return new(tag, null, null, refused.Message);
        }
    }

    // For everybody who waits, so that none of them can stop it.
    private async Task<IReadOnlyList<Release>> LookAsync()
    {
        var usual = options.Value.Tag;
        var tags = await registry.ListTagsAsync(options.Value.Repository, CancellationToken.None);
        var wanted = tags.Where(tag => !ImageName.IsAttachedTag(tag))
            .OrderByDescending(tag => tag == usual).ThenByDescending(tag => tag, StringComparer.Ordinal)
            .Take(ReleasesMax).ToList();
        var releases = new Release[wanted.Count];
        await Parallel.ForAsync(
            0, wanted.Count, new ParallelOptions { MaxDegreeOfParallelism = AtOnce },
            async (at, ct) => releases[at] = await LookAsync(wanted[at], ct));
        return releases;
    }
}
