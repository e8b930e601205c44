using Launchpad.Shared.Operations;
using Microsoft.AspNetCore.Mvc;

namespace Launchpad.Functions;

/// <summary>What several functions answer alike.</summary>
internal static class Answers
{
    /// <summary>The operation goes on; where it can be followed.</summary>
    public static AcceptedResult Accepted(string operation) => new($"/api/operations/{operation}", new { operation, status = "accepted" });

    /// <inheritdoc cref="Accepted(string)"/>
    public static AcceptedResult Accepted(Operation operation) => Accepted(operation.Id);
}
