using System.Text.RegularExpressions;
using Azure.Data.Tables;
using Microsoft.Extensions.Options;

namespace AiFunctions.Gateway.Storage;

/// <summary>Checks the storage settings at start.</summary>
internal sealed partial class StorageOptionsValidator : IValidateOptions<StorageOptions>
{
    public ValidateOptionsResult Validate(string? name, StorageOptions options)
    {
        if (string.IsNullOrWhiteSpace(options.ConnectionString) == options.TableServiceUri is null)
        {
            return ValidateOptionsResult.Fail("Storage__ConnectionString or Storage__TableServiceUri must be set, and only one of them.");
        }

        if (options.TableServiceUri is { } uri && (!uri.IsAbsoluteUri || (uri.Scheme != Uri.UriSchemeHttps && !uri.IsLoopback)))
        {
            return ValidateOptionsResult.Fail("Storage__TableServiceUri must be an absolute https address, such as https://account.table.core.windows.net.");
        }

        if (!PrefixPattern().IsMatch(options.TablePrefix))
        {
            return ValidateOptionsResult.Fail("Storage__TablePrefix must be letters and digits, a letter first, at most 40.");
        }

        return string.IsNullOrWhiteSpace(options.ConnectionString) || CanBeRead(options.ConnectionString)
            ? ValidateOptionsResult.Success
            : ValidateOptionsResult.Fail("Storage__ConnectionString is not a storage connection string.");
    }

    private static bool CanBeRead(string connectionString)
    {
        try
        {
            _ = new TableServiceClient(connectionString);
            return true;
        }
        catch (Exception e) when (e is FormatException or ArgumentException or InvalidOperationException)
        {
            return false;
        }
    }

    [GeneratedRegex("^([A-Za-z][A-Za-z0-9]{0,39})?$", RegexOptions.NonBacktracking)]
    private static partial Regex PrefixPattern();
}
