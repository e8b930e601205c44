using System.Net;
using Launchpad.Shared.Vms;

namespace Launchpad.Vm;

/// <summary>The image, by digest only: what a tag points to tomorrow never runs.</summary>
internal static class Image
{
    public static async Task<string?> ConvergeAsync(DockerEngine docker, string reference, Action pulling)
    {
        if (await docker.FindAsync($"images/{reference}/json", DockerJson.Default.DockerImage) is not null)
        {
            return null;
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
