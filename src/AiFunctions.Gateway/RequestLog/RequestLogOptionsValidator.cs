using Microsoft.Extensions.Options;
using static AiFunctions.Gateway.RequestLog.RequestLogOptions;

namespace AiFunctions.Gateway.RequestLog;

/// <summary>Checks the request log's settings at start.</summary>
internal sealed class RequestLogOptionsValidator : IValidateOptions<RequestLogOptions>
{
    public ValidateOptionsResult Validate(string? name, RequestLogOptions options) => options.RequestLogDays is >= 0 and <= LongestDays
        ? ValidateOptionsResult.Success
        : ValidateOptionsResult.Fail(FormattableString.Invariant($"{Section}__{nameof(options.RequestLogDays)} must be a whole number from 0 to {LongestDays}."));
}
