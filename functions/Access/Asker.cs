using Launchpad.Orchestrations.Definitions;
using Launchpad.Shared.Access;
using Launchpad.Shared.Operations;

namespace Launchpad.Functions.Access;

/// <summary>Who asks for an operation, and what he may.</summary>
public interface IAsker
{
    /// <summary>Whom the record names.</summary>
    string Actor { get; }

    /// <exception cref="ProblemException">403 when he may not.</exception>
    void Require(Permission permission);
}

/// <summary>The product itself, an operator, or the owner's word given before: no role of the account binds it.</summary>
public sealed record Unbound(string Actor) : IAsker
{
    public void Require(Permission permission)
    {
    }
}

public static class AskerExtensions
{
    /// <summary>What an operation of the kind needs, with what was typed for it.</summary>
    /// <exception cref="ProblemException">403 when he may not.</exception>
    public static void RequireFor(this IAsker by, OperationKind kind, string? typed)
    {
        foreach (var needed in kind.Definition().Needs(typed))
        {
            by.Require(needed);
        }
    }
}
