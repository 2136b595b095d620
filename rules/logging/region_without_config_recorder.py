"""Regions without a history of what was set up."""

from scanner import CIS_AWS_7, Cloud, Problems, RegionSettings, Severity, rule


@rule(
    "region-without-config-recorder",
    severity=Severity.LOW,
    controls=[CIS_AWS_7["4.3"].partly()],
    passes={"everything is recorded": RegionSettings(recorder_running=True, recorder_whole=True)},
    fails={
        "nothing is recorded": RegionSettings(recorder_running=False),
        "some types alone": RegionSettings(recorder_running=True, recorder_whole=False),
    },
    fix={
        Cloud.AWS: "aws configservice put-configuration-recorder --region {name} --configuration-recorder "
        "name=default,roleARN=<role> --recording-group allSupported=true,includeGlobalResourceTypes=true, then "
        "aws configservice start-configuration-recorder --region {name} --configuration-recorder-name default",
    },
    references=("https://docs.aws.amazon.com/config/latest/developerguide/select-resources.html",),
)
def region_without_config_recorder(region: RegionSettings) -> Problems:
    """Region keeps no history of what is set up in it.

    An audit trail says which call was made; AWS Config says what the firewall looked like on the night before, and what
    hung together with what. Without it that has to be guessed from thousands of calls. It costs by the number of
    changes, which is nothing in a region that nobody uses.
    """
    if not region.recorder_running:
        yield "no configuration recorder is on"
    elif not region.recorder_whole:
        yield "the configuration recorder leaves types of resources out"
