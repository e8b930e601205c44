using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Launchpad.Shared.Deployments;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;
using Microsoft.Net.Http.Headers;

namespace Launchpad.Functions;

/// <summary>Conditional requests as RFC 9110 §13 has them. Whoever changes a config says which one he has seen.</summary>
public static class Preconditions
{
    /// <summary>Of a deployment's config: the version that is active, and how upgrades are treated where that is not as usual.</summary>
    public static string ETag(Deployment deployment)
    {
        var updates = (deployment.Channel, deployment.Pinned, deployment.FailedRollouts);
        return updates == default
            ? Version(deployment)
            : Version(deployment)[..^1] + $"-{Digest(Encoding.UTF8.GetBytes($"{updates}"))}\"";
    }

    /// <summary>Of an answer that nothing names: what it says.</summary>
    public static string ETag(ReadOnlySpan<byte> answer) => $"\"{Digest(answer)}\"";

    /// <summary>For what makes another version. It does not touch how upgrades are treated: who names the version has seen enough.</summary>
    /// <exception cref="ProblemException">428 without If-Match, otherwise as <see cref="Check"/>.</exception>
    public static void Require(HttpRequest request, Deployment deployment)
    {
        if (request.Headers.IfMatch.Count == 0)
        {
            throw Problems.PreconditionNeeded();
        }

        Ensure(request, deployment, ETag(deployment), Version(deployment));
    }

    /// <exception cref="ProblemException">412 when the config is another one than the request is meant for, 400 when it says nothing that
    /// can be understood.</exception>
    public static void Check(HttpRequest request, Deployment deployment) => Ensure(request, deployment, ETag(deployment));

    /// <summary>False when If-Match names other versions only. A weak tag vouches for no byte, so it never matches.</summary>
    public static bool IsMatch(HttpRequest request, params string[] tags) =>
        Names(HeaderNames.IfMatch, request.Headers.IfMatch, tags, strong: true) ?? true;

    /// <summary>True when If-None-Match says that the caller has this version.</summary>
    public static bool IsKnown(HttpRequest request, params string[] tags) =>
        Names(HeaderNames.IfNoneMatch, request.Headers.IfNoneMatch, tags, strong: false) ?? false;

    private static void Ensure(HttpRequest request, Deployment deployment, params string[] tags)
    {
        if (!IsMatch(request, tags) || IsKnown(request, tags))
        {
            throw Problems.Moved(deployment);
        }
    }

    /// <summary>Null without the header.</summary>
    private static bool? Names(string header, StringValues typed, string[] tags, bool strong)
    {
        if (typed.Count == 0)
        {
            return null;
        }

        if (!EntityTagHeaderValue.TryParseStrictList(typed, out var named) || named.Count == 0
            || (named.Count > 1 && named.Contains(EntityTagHeaderValue.Any)))
        {
            throw Problems.Malformed($"'{header}' is * or a list of ETags, each in quotes as it was answered: {header}: {tags[0]}");
        }

        var current = tags.Select(tag => EntityTagHeaderValue.Parse(tag)).ToList();
        return named.Any(one => one.Equals(EntityTagHeaderValue.Any) || current.Any(tag => one.Compare(tag, strong)));
    }

    private static string Version(Deployment deployment) =>
        string.Create(CultureInfo.InvariantCulture, $"\"v{deployment.ActiveVersion ?? 0}\"");

    private static string Digest(ReadOnlySpan<byte> bytes) => Convert.ToHexStringLower(SHA256.HashData(bytes).AsSpan(0, 8));
}
