using System.Net;
using Launchpad.Shared.Vms;

namespace Launchpad.Vm;

/// <summary>The image, by digest only: what a tag points to tomorrow never runs.</summary>
internal static class Image
{
    /// <summary>What somebody wanted so lately is about to be used, or what a change goes back to.</summary>
    private static readonly TimeSpan KeptFor = TimeSpan.FromHours(1);

    private const string Marks = $"{Paths.Memory}/images";

    public static async Task<string?> ConvergeAsync(DockerEngine docker, string reference, Action pulling)
    {
        using (await Locks.ImagesAsync())
        {
            Want(reference);
            if (await docker.FindAsync($"images/{reference}/json", DockerJson.Default.DockerImage) is not null)
            {
                return null;
            }
        }

        var at = reference.IndexOf('@', StringComparison.Ordinal);
        pulling();
        try
        {
            await docker.PullAsync(reference[..at], reference[(at + 1)..]);
        }
        catch (DockerException error)
        {
            throw Explain(error, reference);
        }
        catch (OperationCanceledException)
        {
            throw new VmFailure(
                VmErrorCode.ImagePullFailed, $"{reference} was not there after 15 minutes; the registry is slow or gone.", retryable: true);
        }

        return "pulled";
    }

    /// <summary>Removes the images of a repository that nothing uses any more; each is gigabytes, and can be pulled again.</summary>
    /// <param name="left">What was in use until now.</param>
    public static async Task TidyAsync(DockerEngine docker, string reference, string? left)
    {
        try
        {
            Want(left);
            var repository = reference[..(reference.IndexOf('@', StringComparison.Ordinal) + 1)];
            var containers = await docker.FindAsync("containers/json?all=1", DockerJson.Default.ContainerSummaryArray) ?? [];
            var images = await docker.FindAsync("images/json", DockerJson.Default.ImageSummaryArray) ?? [];
            var used = containers.Select(container => container.ImageID).ToHashSet();
            var known = DeploymentState.ReadAll().Select(state => state.Image).ToHashSet();
            foreach (var image in images.Where(image => image.RepoDigests is { Count: > 0 } && !used.Contains(image.Id)))
            {
                // Whoever is about to use it has said so under this lock.
                using var held = await Locks.ImagesAsync();
                if (image.RepoDigests!.All(one => one.StartsWith(repository, StringComparison.Ordinal) && !known.Contains(one) && !IsWanted(one)))
                {
                    await docker.DeleteAsync($"images/{image.Id}");
                }
            }
        }
        catch (Exception trouble) when (trouble is VmFailure or DockerException or IOException or UnauthorizedAccessException
            or OperationCanceledException)
        {
            // What stays takes room; whoever needs that room is told. The next bot that gets another image tries again.
        }
    }

    private static void Want(string? reference)
    {
        if (reference is not null)
        {
            Directory.CreateDirectory(Marks);
            File.WriteAllText(MarkOf(reference), $"{reference}\n");
        }
    }

    private static bool IsWanted(string reference) => DateTime.UtcNow - File.GetLastWriteTimeUtc(MarkOf(reference)) < KeptFor;

    private static string MarkOf(string reference) => $"{Marks}/{reference[(reference.LastIndexOf(':') + 1)..]}";

    private static VmFailure Explain(DockerException error, string reference)
    {
        if (error.IsFull)
        {
            return new(VmErrorCode.NoSpace, $"The VM's disk is full: {reference} does not fit.", retryable: false);
        }

        var isMissing = error.Status == HttpStatusCode.NotFound
            || error.Message.Contains("manifest unknown", StringComparison.OrdinalIgnoreCase)
            || error.Message.Contains("not found", StringComparison.OrdinalIgnoreCase)
            || error.Message.Contains("does not exist", StringComparison.OrdinalIgnoreCase);
        return isMissing
            ? new(VmErrorCode.ImageMissing, $"The registry does not have {reference}: {error.Message}", retryable: false)
            : new(VmErrorCode.ImagePullFailed, $"{reference} could not be pulled: {error.Message}", retryable: true);
    }
}
