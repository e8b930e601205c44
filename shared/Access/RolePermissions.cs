using System.Collections.Frozen;

namespace Launchpad.Shared.Access;

/// <summary>What each member of an account may do.</summary>
public static class RolePermissions
{
    private static readonly FrozenDictionary<Role, FrozenSet<Permission>> Table = new Dictionary<Role, FrozenSet<Permission>>
    {
        [Role.Owner] = Enum.GetValues<Permission>().ToFrozenSet(),
        [Role.Admin] = Enum.GetValues<Permission>().ToFrozenSet(),
        [Role.Operator] = [Permission.Self, Permission.Read, Permission.Operate, Permission.Change, Permission.Reveal],
        [Role.Viewer] = [Permission.Self, Permission.Read],
        [Role.Billing] = [Permission.Self, Permission.Read, Permission.Pay],
    }.ToFrozenDictionary();

    /// <summary>What a token can be given: it neither lets others in nor speaks for a person.</summary>
    public static readonly FrozenSet<Permission> OfTokens =
        [Permission.Read, Permission.Operate, Permission.Change, Permission.Delete, Permission.Reveal, Permission.Pay];

    public static FrozenSet<Permission> Of(Role role) => Table[role];
}
