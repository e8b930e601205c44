using Launchpad.Shared.Operations;
using Microsoft.AspNetCore.Mvc;

namespace Launchpad.Functions;

/// <param name="Operation">The id of the operation, which GET /api/operations/{id} follows.</param>
/// <param name="Status">accepted; cancelling where it was to be stopped.</param>
public sealed record Begun(string Operation, string Status);

/// <summary>What several functions answer alike.</summary>
internal static class Answers
{
    /// <summary>The operation goes on; where it can be followed.</summary>
    public static AcceptedResult Accepted(string operation) => new($"/api/operations/{operation}", new Begun(operation, "accepted"));

    /// <inheritdoc cref="Accepted(string)"/>
    public static AcceptedResult Accepted(Operation operation) => Accepted(operation.Id);
}
