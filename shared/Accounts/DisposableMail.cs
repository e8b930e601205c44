namespace Launchpad.Shared.Accounts;

/// <summary>Addresses that anybody gets for some minutes, without a name: the public list of their domains.</summary>
public static class DisposableMail
{
    private static readonly DigestList Domains = new("accounts/disposable-domains.bin");

    /// <summary>The domain of that list which the address is of, or is beneath; null for none.</summary>
    public static string? DomainOf(string email)
    {
        var domain = email[(email.LastIndexOf('@') + 1)..].ToLowerInvariant();
        while (domain.Contains('.', StringComparison.Ordinal))
        {
            if (Domains.Contains(domain))
            {
                return domain;
            }

            domain = domain[(domain.IndexOf('.', StringComparison.Ordinal) + 1)..];
        }

        return null;
    }
}
