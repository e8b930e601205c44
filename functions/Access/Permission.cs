using Launchpad.Shared.Access;

namespace Launchpad.Functions.Access;

/// <summary>What whoever calls it has to be allowed. Every route of a customer has one; a route without fails the build's tests.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class NeedsAttribute(Permission permission) : Attribute
{
    public Permission Permission => permission;
}
