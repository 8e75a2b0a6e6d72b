using System.Diagnostics.CodeAnalysis;

namespace AiFunctions.TestHosts;

/// <summary>A front door that was started elsewhere, when the environment names one: the tests that need no more than HTTP then run against it.</summary>
internal static class RunningFrontDoor
{
    /// <summary>What stands before the pipeline reads and judges requests first, and answers what it will not pass on.</summary>
    public const string KnownHost = "a host whose own answers are known";

    private const string AddressVariable = "AIFUNCTIONS_BASE_ADDRESS";
    private const string ManagementKeyVariable = "AIFUNCTIONS_MANAGEMENT_KEY";

    /// <summary>Where it is; null when the tests start hosts of their own.</summary>
    /// <exception cref="InvalidOperationException">The variable is no address.</exception>
    public static Uri? Address { get; } = Read(AddressVariable) is not { } text
        ? null
        : Uri.TryCreate(text, UriKind.Absolute, out var address) && address.Scheme is "http" or "https"
            ? address
            : throw new InvalidOperationException($"{AddressVariable} must be an address with http or https.");

    /// <summary>Its management key.</summary>
    /// <exception cref="InvalidOperationException">There is none.</exception>
    public static string ManagementKey => Read(ManagementKeyVariable)
        ?? throw new InvalidOperationException($"{ManagementKeyVariable} must hold the management key of what {AddressVariable} names.");

    /// <summary>Skips the test when it runs against a front door that was started elsewhere.</summary>
    /// <param name="need">What the test needs besides.</param>
    public static void SkipFor(string need)
    {
        if (Address is not null)
        {
            Skip(need);
        }
    }

    /// <summary>What a fixture has made; skips the test that asks for it when the front door was started elsewhere and the fixture made nothing.</summary>
    /// <param name="made">What the fixture has made.</param>
    /// <param name="need">What it is.</param>
    public static T Own<T>(T? made, string need)
        where T : class
    {
        SkipFor(need);
        return made!;
    }

    /// <summary>Skips the test.</summary>
    /// <param name="need">What the test needs, which a front door that was started elsewhere has not.</param>
    [DoesNotReturn]
    public static void Skip(string need) => Assert.Skip($"It needs {need}; {AddressVariable} names a front door that was started elsewhere.");

    private static string? Read(string variable) => Environment.GetEnvironmentVariable(variable) is { Length: > 0 } value ? value : null;
}
