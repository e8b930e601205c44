using Launchpad.Shared.Accounts;

namespace Launchpad.Functions;

/// <param name="Email">Of the account, whether there is one or not.</param>
/// <param name="Address">From where it is made.</param>
/// <param name="Known">Whether the account was signed in to from there before.</param>
public sealed record Guess(string Email, string Address, bool Known);

/// <param name="Pair">Wrong ones for one account from one address, and then one each <paramref name="PairEach"/>.</param>
/// <param name="Strangers">Wrong ones for one account from all addresses where its owner has not been.</param>
public sealed record GuessLimits(int Pair, TimeSpan PairEach, int Strangers, TimeSpan StrangersEach)
{
    /// <summary>Ten wrong ones are answered as such; the eleventh is looked at still, for it may be the right one.</summary>
    public static readonly GuessLimits OfPasswords = new(11, TimeSpan.FromSeconds(6), 100, TimeSpan.FromSeconds(36));
}

/// <summary>How often passwords may be guessed (ADR 18). Only wrong guesses count, and nobody's count against an address from which the
/// owner has signed in before.</summary>
/// <param name="limits">Null for those of passwords.</param>
public sealed class SignInLimits(TimeProvider clock, GuessLimits? limits = null)
{
    private readonly TokenBuckets pairs = Buckets(clock, limits, all => (all.Pair, all.PairEach));

    // One address that tries many accounts, and one account that many addresses try: here it is a stranger who may have to wait.
    private readonly TokenBuckets addresses = new(100, TimeSpan.FromSeconds(1), clock);
    private readonly TokenBuckets accounts = Buckets(clock, limits, all => (all.Strangers, all.StrangersEach));

    /// <summary>Whether it was right. A guess counts before it is looked at, so that many at once are no more than many in a row.</summary>
    /// <exception cref="ProblemException">429 when there were too many wrong ones, this one among them.</exception>
    public async Task<bool> TryAsync(Guess guess, Func<Task<bool>> verify)
    {
        var taken = Take(guess);
        var wrong = false;
        try
        {
            wrong = !await verify();
        }
        finally
        {
            if (!wrong)
            {
                Return(taken);
            }
        }

        var wait = taken.Max(one => one.Buckets.Wait(one.Key));
        return wrong && wait > TimeSpan.Zero ? throw TooMany(wait) : !wrong;
    }

    /// <summary>How many wrong guesses are left before there is a wait, as the draft of the RateLimit header fields has it.</summary>
    public RateLimit Look(Guess guess) => RateLimit.Of("sign-in", [.. Wanted(guess)]);

    private List<(TokenBuckets Buckets, string Key)> Wanted(Guess guess)
    {
        var account = EmailAddress.Key(EmailAddress.Normalize(guess.Email) ?? guess.Email);
        List<(TokenBuckets Buckets, string Key)> wanted = [(pairs, $"{account} {guess.Address}")];
        if (!guess.Known)
        {
            wanted.AddRange([(addresses, guess.Address), (accounts, account)]);
        }

        return wanted;
    }

    private List<(TokenBuckets Buckets, string Key)> Take(Guess guess)
    {
        var wanted = Wanted(guess);
        foreach (var (at, (buckets, key)) in wanted.Index())
        {
            if (!buckets.TryTake(key))
            {
                Return(wanted[..at]);
                throw TooMany(buckets.Wait(key));
            }
        }

        return wanted;
    }

    private static void Return(List<(TokenBuckets Buckets, string Key)> taken)
    {
        foreach (var (buckets, key) in taken)
        {
            buckets.Return(key);
        }
    }

    private static TokenBuckets Buckets(TimeProvider clock, GuessLimits? limits, Func<GuessLimits, (int Size, TimeSpan Each)> which)
    {
        var (size, each) = which(limits ?? GuessLimits.OfPasswords);
        return new(size, each, clock);
    }

    private static ProblemException TooMany(TimeSpan wait) => Problems.TooManyAttempts((int)Math.Max(1, Math.Ceiling(wait.TotalSeconds)));
}
