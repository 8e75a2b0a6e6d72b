using System.Buffers;
using System.Collections.Frozen;
using System.Net;
using System.Text.Json;
using AiFunctions.Gateway.Errors;

namespace AiFunctions.Gateway.Upstreams;

/// <summary>What the caller is told of an upstream's refusal: its class, a code by which SDKs tell errors apart, the field at fault; never its text.</summary>
internal static class UpstreamErrors
{
    private const int LongestField = 64;

    // Beyond a year, what it says is no help to anyone.
    private static readonly TimeSpan LongestRetryAfter = TimeSpan.FromDays(366);

    // Codes of OpenAI's and Azure OpenAI's APIs, with our words for them.
    private static readonly FrozenDictionary<string, string> KnownCodes = new Dictionary<string, string>(StringComparer.Ordinal)
    {
        ["context_length_exceeded"] = "The prompt and the answer are longer than the model can take; shorten the prompt or ask for a shorter answer.",
        ["string_above_max_length"] = "A text of the request is longer than the model server takes; shorten it.",
        ["string_below_min_length"] = "A text of the request is shorter than the model server takes; lengthen it.",
        ["array_above_max_length"] = "A list of the request has more entries than the model server takes; shorten it.",
        ["array_below_min_length"] = "A list of the request has fewer entries than the model server takes; lengthen it.",
        ["integer_above_max_value"] = "A number of the request is larger than the model server takes; lower it.",
        ["integer_below_min_value"] = "A number of the request is smaller than the model server takes; raise it.",
        ["decimal_above_max_value"] = "A number of the request is larger than the model server takes; lower it.",
        ["decimal_below_min_value"] = "A number of the request is smaller than the model server takes; raise it.",
        ["empty_string"] = "A text of the request is empty that must not be; fill it in.",
        ["empty_array"] = "A list of the request is empty that must not be; fill it in.",
        ["content_filter"] = "The model server's own content filter refused the prompt; rephrase it.",
        ["content_policy_violation"] = "The model server's own content policy refused the prompt; rephrase it.",
        ["invalid_prompt"] = "The model server's own content policy refused the prompt; rephrase it.",
        ["unsupported_value"] = "The model does not take this value; check the model's documentation.",
        ["unsupported_parameter"] = "The model does not take this parameter; leave it out.",
        ["unknown_parameter"] = "The model server does not know this parameter; leave it out.",
        ["missing_required_parameter"] = "The model server wants a parameter that is missing; add it.",
        ["invalid_value"] = "The model server does not take this value; check the model's documentation.",
        ["invalid_type"] = "The model server wants another type for this parameter; check the model's documentation.",
        ["invalid_function_parameters"] = "The model server cannot read the schema of a tool; check it.",
        ["invalid_schema"] = "The model server cannot read the schema of the answer; check it.",
        ["invalid_json_schema"] = "The model server cannot read the schema of the answer; check it.",
        ["invalid_image"] = "The model server cannot read an image; check its format.",
        ["invalid_image_url"] = "The model server cannot get an image from its address; check it.",
        ["invalid_image_format"] = "The model server does not take an image's format; convert it.",
        ["invalid_base64"] = "The model server cannot decode a file; check its base64.",
        ["invalid_base64_image"] = "The model server cannot decode an image; check its base64.",
        ["image_too_large"] = "An image is larger than the model server takes; make it smaller.",
        ["image_too_small"] = "An image is smaller than the model server takes; make it larger.",
        ["image_parse_error"] = "The model server cannot read an image; check its format.",
        ["image_content_policy_violation"] = "The model server's own content policy refused an image.",
        ["unsupported_image_media_type"] = "The model server does not take an image's format; convert it.",
        ["unsupported_file"] = "The model server does not take a file of this kind; convert it.",
        ["previous_response_not_found"] = "The model server does not know the earlier response; send the conversation again.",
        ["insufficient_quota"] = "The model server's quota for this gateway is used up; an operator must raise it there.",
        ["billing_hard_limit_reached"] = "The model server's budget for this gateway is used up; an operator must raise it there.",
    }.ToFrozenDictionary(StringComparer.Ordinal);

    /// <summary>The error for an answer that is not a success.</summary>
    /// <param name="refusal">The answer.</param>
    /// <param name="request">What the caller sent: a field at fault is told only if it is one of it.</param>
    public static GatewayError For(UpstreamRefusal refusal, ReadOnlySequence<byte> request)
    {
        var error = (int)refusal.Status switch
        {
            401 or 402 or 403 => GatewayErrors.UpstreamForbidden,
            404 => GatewayErrors.ModelNotFound,
            408 or 504 => GatewayErrors.UpstreamTimeout,
            409 => GatewayErrors.UpstreamConflict,
            422 => GatewayErrors.UpstreamUnprocessable,
            413 => GatewayErrors.RequestTooLarge,
            429 => GatewayErrors.UpstreamRateLimited,
            >= 400 and < 500 => GatewayErrors.UpstreamRefused,
            503 or 529 => GatewayErrors.UpstreamUnavailable,
            _ => GatewayErrors.UpstreamError,
        };
        if (error.Status is 400 or 409 or 413 or 422 or 429 && CodeOf(refusal) is { } code)
        {
            error = error with { Code = code, Message = KnownCodes[code] };
        }

        if (error.Status is 400 or 422 && refusal.Param is { } param && NamesField(request, param))
        {
            error = error with { Param = param };
        }

        return refusal.RetryAfter is { } wait && error.Status is 409 or 429 or >= 500 ? WithRetryAfter(error, wait) : error;
    }

    /// <summary>Whether another upstream may do better with the same request: this one is down, failing, full or out of credit.</summary>
    public static bool IsWorthFailover(HttpStatusCode status) => (int)status is 401 or 402 or 403 or 404 or 408 or 429 or >= 500;

    private static string? CodeOf(UpstreamRefusal refusal)
    {
        if (refusal.Code is { } code && KnownCodes.ContainsKey(code))
        {
            return code;
        }

        // Most servers but OpenAI's have no code for it, and agents shorten their history by it.
        var isTooLong = refusal.Mentions("maximum context length") || refusal.Mentions("context length exceeded") || refusal.Mentions("context window")
            || refusal.Mentions("exceeds the context") || refusal.Mentions("prompt is too long") || refusal.Mentions("exceed_context_size");
        return isTooLong && (int)refusal.Status is 400 or 413 or 422 ? "context_length_exceeded" : null;
    }

    private static GatewayError WithRetryAfter(GatewayError error, TimeSpan wait)
    {
        wait = TimeSpan.FromTicks(Math.Clamp(wait.Ticks, 0, LongestRetryAfter.Ticks));
        var seconds = (int)Math.Ceiling(wait.TotalSeconds);
        return error with
        {
            RetryAfterSeconds = seconds,
            RetryAfterMilliseconds = wait.TotalSeconds < seconds ? (long)wait.TotalMilliseconds : null,
        };
    }

    /// <summary>Whether a path such as <c>messages[0].role</c> begins with a field of a request.</summary>
    private static bool NamesField(ReadOnlySequence<byte> request, string param)
    {
        if (!param.All(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '-' or '.' or '[' or ']' or '$'))
        {
            return false;
        }

        var end = param.AsSpan().IndexOfAny(".[");
        var field = end < 0 ? param : param[..end];
        if (field.Length > LongestField)
        {
            return false;
        }

        var reader = new Utf8JsonReader(request);
        reader.Read();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (reader.ValueTextEquals(field))
            {
                return true;
            }

            reader.Skip();
        }

        return false;
    }
}
