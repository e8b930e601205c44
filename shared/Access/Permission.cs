namespace Launchpad.Shared.Access;

/// <summary>What a request does with an account.</summary>
public enum Permission
{
    /// <summary>Sees bots, what is done with them, what they use and cost, and the record.</summary>
    Read,

    /// <summary>Restarts, suspends, resumes, talks to, backs up: what leaves a bot as it is.</summary>
    Operate,

    /// <summary>Orders bots and makes others of them: config, release, version, data.</summary>
    Change,

    /// <summary>Deletes bots and backups.</summary>
    Delete,

    /// <summary>Reads what opens a bot or holds its data: gateway token, backup, bundle.</summary>
    Reveal,

    /// <summary>Pays, and decides on subscriptions.</summary>
    Pay,

    /// <summary>Lets others in, and shuts them out.</summary>
    Manage,

    /// <summary>One's own profile and sign-in, whichever account one works in.</summary>
    Self,
}

/// <summary>What a member is in an account.</summary>
public enum Role
{
    /// <summary>Whose account it is: one, who cannot be removed.</summary>
    Owner,

    /// <summary>Everything.</summary>
    Admin,

    /// <summary>Runs and changes bots; deletes none and pays for none.</summary>
    Operator,

    /// <summary>Looks.</summary>
    Viewer,

    /// <summary>Looks and pays.</summary>
    Billing,
}
