using System.Reflection;
using Launchpad.Shared.Access;
using Launchpad.Shared.Deployments;
using Launchpad.Shared.OpenClaw;
using Launchpad.Shared.Operations;

namespace Launchpad.Functions.Tests.OpenApi;

/// <summary>Every `type` that a problem of the API can have: each method that makes one is asked.</summary>
internal static class ProblemTypes
{
    private static readonly Deployment Held = new()
    {
        Id = "dep_0",
        Account = "acc_0",
        Name = "Ada",
        Slug = "ada",
        Plan = "starter",
        Settings = new(null, null, false),
        CreatedAt = DateTimeOffset.UnixEpoch,
        Operation = new("op_0", OperationKind.Restart, DateTimeOffset.UnixEpoch, "acc_0"),
    };

    private static readonly Operation Ended = new(
        "op_0", "acc_0", "dep_0", OperationKind.Restart, OperationStatus.Failed, "acc_0", DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch);

    public static IEnumerable<string> All() => typeof(Problems).GetMethods(BindingFlags.Public | BindingFlags.Static)
        .Select(method => ((ProblemException)method.Invoke(null, [.. method.GetParameters().Select(Sample)])!).Type)
        .Append("urn:launchpad:problem:internal")
        .Distinct().Order(StringComparer.Ordinal);

    private static object? Sample(ParameterInfo parameter) => parameter.ParameterType switch
    {
        var type when type == typeof(string) => "x",
        var type when type == typeof(int) => 1,
        var type when type == typeof(DateTimeOffset) => DateTimeOffset.UnixEpoch,
        var type when type == typeof(Deployment) => Held,
        var type when type == typeof(Operation) => Ended,
        var type when type == typeof(Permission?) => Permission.Read,
        var type when type == typeof(IEnumerable<Blocked>) => Array.Empty<Blocked>(),
        var type => throw new InvalidOperationException($"There is no sample of {type}: add one."),
    };
}
