-- What did the briefs print, and from which publication and query did each figure come?
select
    printed.edition,
    printed.publication_id,
    publication.published_at,
    printed.figure,
    printed.value as printed_value,
    printed.sql as run_this_for_the_value_now
from meta.brief_figure as printed
inner join meta.publication as publication using (publication_id)
order by printed.edition desc, printed.publication_id desc, printed.figure asc
